// The language of a repository, from the names of its files. Pure.

const languages: Readonly<Record<string, string>> = {
  ts: 'TypeScript',
  tsx: 'TypeScript',
  mts: 'TypeScript',
  cts: 'TypeScript',
  js: 'JavaScript',
  jsx: 'JavaScript',
  mjs: 'JavaScript',
  cjs: 'JavaScript',
  vue: 'JavaScript',
  svelte: 'JavaScript',
  py: 'Python',
  go: 'Go',
  rs: 'Rust',
  java: 'Java',
  kt: 'Kotlin',
  rb: 'Ruby',
  php: 'PHP',
  cs: 'C#',
  c: 'C',
  h: 'C',
  cc: 'C++',
  cpp: 'C++',
  hpp: 'C++',
  swift: 'Swift',
  scala: 'Scala',
  sh: 'Shell',
  ex: 'Elixir',
  exs: 'Elixir',
  hs: 'Haskell',
  dart: 'Dart',
  lua: 'Lua',
  sql: 'SQL',
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
