// What a check's command runs: its own text, and the texts of the scripts and targets that it names. Pure.
import { parsedObject } from './parts/manifest-parts.ts';

const scriptsMax = 40;

/**
 * The command first. Scripts of package.json come with those named `pre…` and `post…`, and targets of a makefile with
 * what they depend on.
 *
 * @param read the text of a file; null if it does not exist
 */
export function expandedCommand(command: string, read: (path: string) => string | null): string[] {
  const texts = [command];
  const manifest = parsedObject(read('package.json'));
  const scripts = isRecord(manifest?.scripts) ? manifest.scripts : {};
  const makefile = ['GNUmakefile', 'makefile', 'Makefile'].map(read).find((text) => text !== null) ?? null;
  const targets = makefile === null ? new Map<string, string>() : targetsOf(makefile);
  const seen = new Set<string>();
  for (let at = 0; at < texts.length && texts.length < scriptsMax; at += 1) {
    const text = texts[at] ?? '';
    for (const name of namedScripts(text))
      for (const each of [`pre${name}`, name, `post${name}`]) {
        const script = scripts[each];
        if (typeof script !== 'string' || seen.has(`script ${each}`)) continue;
        seen.add(`script ${each}`);
        texts.push(script);
      }
    for (const name of namedTargets(text, targets)) {
      if (seen.has(`target ${name}`)) continue;
      seen.add(`target ${name}`);
      texts.push(targets.get(name) ?? '');
    }
  }
  return texts;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const runsScript =
  /\b(?:npm|pnpm|yarn|bun)\s+(?:(?:-\S+|--\S+)\s+)*(?:(?:run|run-script)\s+)?(?:(?:-\S+|--\S+)\s+)*([\w:.-]+)|\bnode\s+--run\s+([\w:.-]+)|\b(?:npm-run-all|run-s|run-p|concurrently)\s+([^&|;]+)/g;

function* namedScripts(text: string): Generator<string> {
  for (const [, one, byNode, several] of text.matchAll(runsScript)) {
    const name = one ?? byNode;
    if (name) yield name === 't' || name === 'tst' ? 'test' : name;
    for (const each of several?.split(/[\s"']+/) ?? []) if (each) yield each.replace(/^npm:/, '');
  }
}

/** A rule of make, as its text with the lines of its recipe. */
function targetsOf(makefile: string): Map<string, string> {
  const targets = new Map<string, string>();
  let names: string[] = [];
  const variables: string[] = [];
  for (const line of makefile.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    if (line.startsWith('\t')) {
      for (const name of names) targets.set(name, `${targets.get(name) ?? ''}\n${line}`);
      continue;
    }
    if (/^\s*(?:export\s+)?[\w.-]+\s*(?:[:?+!]{0,3}=)/.test(line) || /^-?include\b/.test(line))
      variables.push(line);
    const rule = /^([^\s:#=][^:#=]*)::?(?!=)\s*([^#]*)/.exec(line);
    if (!rule) {
      if (line.trim() !== '' && !line.startsWith('#')) names = [];
      continue;
    }
    names = (rule[1] ?? '').trim().split(/\s+/);
    for (const name of names)
      targets.set(
        name,
        `${targets.get(name) ?? ''}\nmake ${(rule[2] ?? '').replace(/[|;]/g, ' ')}\n${rule[2]?.split(';')[1] ?? ''}`,
      );
  }
  const [first] = [...targets.keys()].filter((name) => !name.startsWith('.'));
  if (first) targets.set('', targets.get(first) ?? '');
  const shared = variables.join('\n');
  return new Map([...targets].map(([name, text]) => [name, `${text}\n${shared}`]));
}

function* namedTargets(text: string, targets: ReadonlyMap<string, string>): Generator<string> {
  for (const [, rest = ''] of text.matchAll(/(?:\bg?make\b|\$[({]MAKE[)}])((?:[ \t]+[^\s&|;]+)*)/g)) {
    const named = rest.split(/\s+/).filter((word) => targets.has(word) && word !== '');
    if (named.length === 0 && !/\s-C\b/.test(rest)) yield '';
    yield* named;
  }
}
