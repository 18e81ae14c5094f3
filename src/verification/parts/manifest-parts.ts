// Files that hold the product and what judges it: the parts that judge are taken from the base, the rest stays as the
// change has it (R-GREEN-2). Pure, and by text: what cannot be taken apart stays as the change has it.

import { isDeepStrictEqual } from 'node:util';

/** The JSON object in a text; null if there is none. */
export function parsedObject(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** The change's text with the judging parts of the base's; the change's own text if they are the same. */
export function withJudgingParts(path: string, base: string, change: string): string {
  if (path.endsWith('package.json')) return packageJson(base, change);
  if (path.endsWith('.toml')) return sections(base, withoutNew(base, change), tomlOf(path));
  if (path.endsWith('.xml')) return elements(base, change, ['build', 'properties', 'profiles']);
  if (path.endsWith('.rs')) return rustTests(base, change);
  if (path.endsWith('go.mod')) return withoutIgnored(base, change);
  return change;
}

/** Folders that Go leaves out of `./...`, unless the base leaves them out too. */
function withoutIgnored(base: string, change: string): string {
  const known = new Set(base.split('\n').map((line) => line.trim()));
  return change
    .replace(/^ignore\s*\(\n([^)]*)^\)/gm, (_, lines: string) => lines.replace(/^\s*(?=\S)/gm, 'ignore '))
    .replace(/^ignore\s[^\n]*\n?/gm, (line) =>
      known.has(line.trim()) || known.has(line.replace(/^ignore\s+/, '').trim()) ? line : '',
    );
}

/** Keys of package.json that judge nothing. */
const productKeys = new Set([
  'name',
  'version',
  'description',
  'keywords',
  'homepage',
  'bugs',
  'license',
  'author',
  'contributors',
  'funding',
  'files',
  'main',
  'module',
  'browser',
  'types',
  'typings',
  'bin',
  'man',
  'exports',
  'imports',
  'repository',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bundleDependencies',
  'bundledDependencies',
  'optionalDependencies',
  'devDependencies',
  'overrides',
  'resolutions',
  'engines',
  'os',
  'cpu',
  'private',
  'publishConfig',
  'packageManager',
  'sideEffects',
  'type',
]);
const namesTests = /[\\/"._-](?:__tests__|tests?|specs?|mocks?|fixtures?|stubs?|fakes?|testing)[\\/"._-]/i;

/** Scripts that only run the product, if a check does not call them. */
const productScripts =
  /^(?:start|dev|serve|deploy|release|publish|prepublish\w*|version|postversion|preversion)\b/;

function packageJson(baseText: string, changeText: string): string {
  const base = parsedObject(baseText);
  const change = parsedObject(changeText);
  if (base === null || change === null) return changeText;
  const judging = (from: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(from)
        .filter(([key]) => !productKeys.has(key))
        .map(([key, value]) => (key === 'scripts' ? [key, judgingScripts(value)] : [key, value])),
    );
  // What maps a name to where the tests are serves them.
  if (
    namesTests.test(JSON.stringify(change.imports ?? null)) &&
    !isDeepStrictEqual(base.imports, change.imports)
  ) {
    if (base.imports === undefined) delete change.imports;
    else change.imports = base.imports;
    return packageJson(baseText, `${JSON.stringify(change, null, 2)}\n`);
  }
  if (JSON.stringify(judging(base)) === JSON.stringify(judging(change))) return changeText;
  const kept = Object.fromEntries(Object.entries(change).filter(([key]) => productKeys.has(key)));
  const fromBase = Object.fromEntries(Object.entries(base).filter(([key]) => !productKeys.has(key)));
  return `${JSON.stringify({ ...kept, ...fromBase }, null, 2)}\n`;
}

function judgingScripts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !productScripts.test(name)));
}

/** Which tables of a TOML file judge. */
function tomlOf(path: string): RegExp {
  return path.endsWith('Cargo.toml')
    ? /^\[\[?(?:lints|workspace\.lints|test|bench|profile\.(?:test|dev|bench)|lib|package\.metadata|workspace\.metadata)\b/
    : /^\[\[?tool\.(?!poetry(?:\.|\])(?!.*(?:test|lint))|setuptools|hatch\.build|flit|pdm\.build|maturin|uv\.sources|cibuildwheel)/;
}

/**
 * Keys of a package by which Cargo finds its tests, and itself as what only its tests depend on, with other features; unless
 * the base has them.
 */
function withoutNew(base: string, change: string): string {
  const name = /^\s*name\s*=\s*"([^"]+)"/m.exec(change)?.[1] ?? '';
  const own = new RegExp(
    `^[ \\t]*"?${name.replace(/\W/g, '\\$&')}"?\\s*=[^\\n]*\\bpath\\s*=\\s*"\\.?/?"[^\\n]*\\n?`,
    'gm',
  );
  const plain = change.replace(own, (line) => (base.includes(line.trim()) ? line : ''));
  return plain.replace(/^[ \t]*auto(?:tests|benches|examples)\s*=[^\n]*\n?/gm, (line) =>
    base.includes(line.trim()) ? line : '',
  );
}

/** Tables of TOML, or sections of INI, by their header lines. */
function sections(base: string, change: string, isJudging: RegExp): string {
  const [own, theirs] = [split(base), split(change)];
  const judging = (parts: readonly string[]) => parts.filter((part) => isJudging.test(part.trimStart()));
  const text = (parts: readonly string[]) =>
    judging(parts)
      .map((part) => part.trim())
      .join('\n\n');
  if (text(own) === text(theirs)) return change;
  const kept = theirs.filter((part) => !isJudging.test(part.trimStart()));
  return `${kept.join('').trimEnd()}\n\n${text(own)}\n`;
}

function split(text: string): string[] {
  return text.replace(/\r\n/g, '\n').split(/^(?=\s*\[)/m);
}

/** Elements directly below the root, by their tags. */
function elements(base: string, change: string, names: readonly string[]): string {
  let result = change;
  for (const name of names) {
    const element = new RegExp(`\\n?[ \\t]*<${name}>[\\s\\S]*?</${name}>`);
    // Only the last one is below the root: those of profiles come with their profile.
    const [ofBase] = element.exec(base) ?? [];
    const [ofChange] = element.exec(result) ?? [];
    if ((ofBase ?? '').trim() === (ofChange ?? '').trim()) continue;
    if (ofChange !== undefined) result = result.replace(ofChange, () => ofBase ?? '');
    else if (ofBase !== undefined)
      result = result.replace(/\n?[ \t]*<\/project>/, (end) => `${ofBase}${end}`);
  }
  return result;
}

/** Modules under `#[cfg(test)]`. */
function rustTests(base: string, change: string): string {
  const [own, theirs] = [testModules(base), testModules(change)];
  if (own.length === 0 && theirs.length === 0) return change;
  const of = (parts: readonly (readonly [number, number])[], text: string) =>
    parts.map(([from, to]) => text.slice(from, to)).join('\n\n');
  if (of(own, base) === of(theirs, change)) return change;
  let product = change;
  for (const [from, to] of [...theirs].reverse()) product = product.slice(0, from) + product.slice(to);
  return `${product.trimEnd()}\n\n${of(own, base)}\n`;
}

/** Where the modules begin and end; a brace in a string or comment may be counted wrongly, and the end is found by indentation. */
export function testModules(text: string): Array<readonly [from: number, to: number]> {
  const found: Array<readonly [number, number]> = [];
  const begin =
    /^([ \t]*)#\[cfg\((?:test|all\([^)]*\btest\b[^)]*\))\)\][ \t]*\r?\n(?:[ \t]*#\[[^\n]*\r?\n)*[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?mod[ \t]+\w+[ \t]*\{/gm;
  for (let match = begin.exec(text); match; match = begin.exec(text)) {
    const close = new RegExp(`^${match[1]}\\}`, 'm');
    const after = text.slice(begin.lastIndex);
    const end = close.exec(after);
    const to = end ? begin.lastIndex + end.index + end[0].length : text.length;
    found.push([match.index, to]);
    begin.lastIndex = to;
  }
  return found;
}
