// Projects whose tasks have names: Deno, just and Task. Their programs are often not installed, so these tasks are only
// proposed.
import type { CheckKind } from '../../domain/work-order/check.ts';
import { readYaml } from '../../stdx/text/bounded-yaml.ts';
import type { ProjectFiles } from '../project-files.ts';
import type { CheckCandidate } from './candidate.ts';

const kindsOfNames: readonly (readonly [names: readonly string[], CheckKind])[] = [
  [['setup', 'install', 'bootstrap'], 'setup'],
  [['typecheck', 'type-check', 'types'], 'typecheck'],
  [['build'], 'build'],
  [['test', 'tests'], 'test'],
  [['lint', 'fmt-check', 'format-check', 'fmt:check', 'format:check'], 'lint'],
  [['check'], 'test'],
];

const charsMax = 64 * 1024;

export function taskChecks(files: ProjectFiles): CheckCandidate[] {
  return [...denoChecks(files), ...justChecks(files), ...taskfileChecks(files)];
}

function denoChecks(files: ProjectFiles): CheckCandidate[] {
  const source = ['deno.json', 'deno.jsonc'].find((name) => files.list('').includes(name));
  if (source === undefined) return [];
  const [, tasks = ''] =
    /"tasks"\s*:\s*\{([\s\S]*)/.exec((files.read(source) ?? '').slice(0, charsMax)) ?? [];
  const named = [...tasks.matchAll(/"([\w:.-]{1,100})"\s*:\s*["{]/g)].map(([, name = '']) => name);
  const found = byNames(named, source, (name) => `deno task ${name}`);
  const defaults: readonly (readonly [CheckKind, string])[] = [
    ['typecheck', 'deno check .'],
    ['test', 'deno test'],
    ['lint', 'deno lint'],
  ];
  const guesses = defaults.filter(([kind]) => !found.some((each) => each.kind === kind));
  const isLocked = files.list('').includes('deno.lock');
  return [
    ...(isLocked ? [proposed('setup', 'deno install --frozen', 'deno.lock', ['deno.lock', source])] : []),
    ...found,
    ...guesses.map(([kind, command]) => proposed(kind, command, source)),
  ];
}

function justChecks(files: ProjectFiles): CheckCandidate[] {
  const source = files.list('').find((name) => /^\.?justfile$/i.test(name));
  if (source === undefined) return [];
  const text = (files.read(source) ?? '').slice(0, charsMax);
  // Skips recipes with a parameter without a default, because they need an argument.
  const recipes = [...text.matchAll(/^@?([a-z][\w-]{0,100})((?:[ \t]+[*+]?\w+=[^\s:]+)*)[ \t]*:(?!=)/gim)];
  return byNames(
    recipes.map(([, name = '']) => name),
    source,
    (name) => `just ${name}`,
  );
}

function taskfileChecks(files: ProjectFiles): CheckCandidate[] {
  const source = files.list('').find((name) => /^taskfile(\.dist)?\.ya?ml$/i.test(name));
  if (source === undefined) return [];
  const read = readYaml(files.read(source) ?? '', { charsMax, aliasesMax: 20 });
  // A Taskfile that cannot be read has no tasks to run.
  if ('problem' in read) return [];
  const { tasks } = (read.value ?? {}) as { tasks?: unknown };
  const names = typeof tasks === 'object' && tasks !== null ? Object.keys(tasks) : [];
  return byNames(names, source, (name) => `task ${name}`);
}

function byNames(names: readonly string[], source: string, run: (name: string) => string): CheckCandidate[] {
  const first = new Map<CheckKind, string>();
  for (const [wanted, kind] of kindsOfNames) {
    const name = wanted.find((each) => names.includes(each));
    if (name !== undefined && !first.has(kind)) first.set(kind, name);
  }
  return [...first].map(([kind, name]) => ({
    ...proposed(kind, run(name), source, kind === 'setup' ? [source] : undefined),
    why: `${source} has the task ${name}`,
  }));
}

function proposed(
  kind: CheckKind,
  command: string,
  source: string,
  dependsOn?: readonly string[],
): CheckCandidate {
  return {
    kind,
    command,
    source,
    runs: [],
    isOnlyProposed: true as const,
    ...(dependsOn ? { dependsOn } : {}),
  };
}
