import type { CheckKind } from '../../domain/work-order/check.ts';
import type { ProjectFiles } from '../project-files.ts';
import { type CheckCandidate, isTalk, splitCommands } from './candidate.ts';

// The targets `test`, `check` and `lint` of a Makefile. It is read line by line, which is enough to see that a target
// exists and what it plainly runs; included files and functions are not read.

/** In the order in which make itself searches for them. */
const makefileNames = ['GNUmakefile', 'makefile', 'Makefile'];

const targetKinds: readonly (readonly [target: string, CheckKind])[] = [
  ['test', 'test'],
  ['lint', 'lint'],
  // Comes last, because it may only call the two above again.
  ['check', 'test'],
];

const makeLimits = { linesMax: 20_000, namesMax: 50, targetsMax: 50 } as const;

interface Target {
  prerequisites: string[];
  recipe: string[];
}

export function makeChecks(files: ProjectFiles): CheckCandidate[] {
  const source = makefileNames.find((name) => files.list('').includes(name));
  const targets = readTargets(source === undefined ? null : files.read(source));
  return targetKinds.flatMap(([name, kind]) => {
    const runs = commandsOf(targets, name);
    // A target without commands always passes.
    if (source === undefined || runs.length === 0) return [];
    return [{ kind, command: `make ${name}`, source, runs }];
  });
}

function readTargets(text: string | null): Map<string, Target> {
  const targets = new Map<string, Target>();
  let current: Target[] = [];
  for (const line of (text ?? '').replaceAll('\\\n', ' ').split(/\r?\n/, makeLimits.linesMax)) {
    if (line.startsWith('\t')) {
      for (const target of current) target.recipe.push(line.trim());
      continue;
    }
    const rule = readRule(line);
    if (rule === null) continue;
    current = rule.names.map((name) => targetNamed(targets, name));
    for (const target of current) {
      target.prerequisites.push(...rule.prerequisites);
      if (rule.command !== '') target.recipe.push(rule.command);
    }
  }
  return targets;
}

/** `names: prerequisites ; command`; null for anything else, including assignments of variables. */
function readRule(line: string): { names: string[]; prerequisites: string[]; command: string } | null {
  const at = line.search(/[:=#]/);
  if (at < 1 || line[at] !== ':') return null;
  const rest = line.slice(at).replace(/^:{1,2}/, '');
  const [prerequisites = '', ...commands] = (rest.split('#')[0] ?? '').split(';');
  if (prerequisites.includes('=')) return null;
  return {
    names: words(line.slice(0, at)).slice(0, makeLimits.namesMax),
    prerequisites: words(prerequisites).filter((each) => each !== '|'),
    command: commands.join(';').trim(),
  };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((each) => each !== '');
}

function targetNamed(targets: Map<string, Target>, name: string): Target {
  const target = targets.get(name) ?? { prerequisites: [], recipe: [] };
  targets.set(name, target);
  return target;
}

/** The commands of a target, including its prerequisites and calls of make itself; each target once, as in make. */
function commandsOf(targets: Map<string, Target>, name: string, seen = new Set<string>()): string[] {
  const target = targets.get(name);
  if (target === undefined || seen.has(name) || seen.size === makeLimits.targetsMax) return [];
  seen.add(name);
  const ofPrerequisites = target.prerequisites.flatMap((each) => commandsOf(targets, each, seen));
  const ofRecipe = target.recipe.flatMap((line) =>
    splitCommands(line.replace(/^[@+-]+\s*/, '')).flatMap((command) => {
      const called = /^(?:\$\(MAKE\)|\$\{MAKE\}|make) ([\w.-]+)$/.exec(command)?.[1];
      if (called !== undefined && targets.has(called)) return commandsOf(targets, called, seen);
      return isTalk(command) ? [] : [command];
    }),
  );
  return [...ofPrerequisites, ...ofRecipe];
}
