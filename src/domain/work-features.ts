// Features of a work order that are known before an attempt: few and coarse, since finer ones did not pay when measured. Pure.

export const workKinds = [
  'bug fix',
  'tests',
  'frontend',
  'docs',
  'refactoring',
  'from scratch',
  'feature',
] as const;
export type WorkKind = (typeof workKinds)[number];

/** Longer texts are read up to here. */
const readCharsMax = 20_000;
/** With fewer files, a repository is as good as empty. */
const scratchFilesMax = 5;

/** The first that matches the title decides, else the first that matches the text; a feature is everything else. */
const patterns: readonly (readonly [WorkKind, RegExp])[] = [
  ['docs', /\b(docs?|documentation|readme|changelog|comments?|docstrings?|typos?|tutorial|guide)\b/],
  ['bug fix', /\b(fix(es|ed)?|bugs?|bugfix|crash(es|ed)?|broken|regression|incorrect|wrong|fails?|error)\b/],
  ['tests', /\b(tests?|testing|coverage|specs|e2e|unit[- ]tests?)\b/],
  ['refactoring', /\b(refactor\w*|clean ?up|simplif\w*|rename|restructur\w*|extract|dedupl\w*|migrat\w*)\b/],
  [
    'frontend',
    /\b(ui|ux|css|html|page|button|layout|component|react|vue|svelte|frontend|styles?|modal|form|dark mode)\b/,
  ],
];

export function kindOfWork(order: { title: string; description: string }, pathCount: number): WorkKind {
  if (pathCount <= scratchFilesMax) return 'from scratch';
  for (const text of [order.title, order.description]) {
    const words = text.slice(0, readCharsMax).toLowerCase();
    const found = patterns.find(([, pattern]) => pattern.test(words));
    if (found) return found[0];
  }
  return 'feature';
}

const languages: Readonly<Record<string, string>> = {
  ...{ ts: 'TypeScript', tsx: 'TypeScript', mts: 'TypeScript', cts: 'TypeScript' },
  ...{ js: 'JavaScript', jsx: 'JavaScript', mjs: 'JavaScript', cjs: 'JavaScript' },
  ...{ vue: 'JavaScript', svelte: 'JavaScript' },
  ...{ py: 'Python', go: 'Go', rs: 'Rust', java: 'Java', kt: 'Kotlin', rb: 'Ruby', php: 'PHP', cs: 'C#' },
  ...{ c: 'C', h: 'C', cc: 'C++', cpp: 'C++', hpp: 'C++', swift: 'Swift', scala: 'Scala', sh: 'Shell' },
  ...{ ex: 'Elixir', exs: 'Elixir', hs: 'Haskell', dart: 'Dart', lua: 'Lua', sql: 'SQL' },
};

/** The language of most source files; null if there are none. */
export function languageOf(paths: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const language = languages[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1));
  return most?.[0] ?? null;
}
