// The ranking that Moose had before decision 37: by words in the path, and by where `git grep` finds the names of the
// request. Only for comparison.
import { spawnSync } from 'node:child_process';
import { namedSymbols } from '../../src/engine/reading/named-symbols.ts';
import type { TreeFile } from '../../src/git/tree.ts';

const fileBytesMax = 60_000;
const definesScore = 150;
const mentionsScore = 15;

export function rankByPath(
  repositoryPath: string,
  commit: string,
  files: readonly TreeFile[],
  title: string,
): string[] {
  const lower = title.toLowerCase();
  const words = new Set(lower.match(/[a-z][a-z0-9_]{2,}/g) ?? []);
  const { defined, mentioned } = placesOf(repositoryPath, commit, title);
  const score = ({ path }: TreeFile) =>
    pathScore(path, lower, words) +
    (defined.get(path)?.size ?? 0) * definesScore +
    (mentioned.has(path) ? mentionsScore : 0);
  const scored = files
    .filter(({ sizeBytes }) => sizeBytes <= fileBytesMax)
    .map((file) => ({ file, score: score(file) }));
  scored.sort(
    (a, b) =>
      b.score - a.score || a.file.sizeBytes - b.file.sizeBytes || (a.file.path < b.file.path ? -1 : 1),
  );
  return scored.map(({ file }) => file.path);
}

function pathScore(path: string, text: string, words: ReadonlySet<string>): number {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  let score = text.includes(lower) ? 100 : text.includes(name) ? 50 : 0;
  if (words.has(name.replace(/\.[^.]*$/, ''))) score += 20;
  for (const part of lower.split(/[^a-z0-9]+/)) if (part.length > 2 && words.has(part)) score += 3;
  if (/^(package\.json|readme\.md|agents\.md|claude\.md)$/.test(name)) score += 2;
  return score;
}

const keywords =
  '(function[*]?|def|class|fn|func|fun|interface|type|struct|enum|trait|const|let|var|val|module|object|record|sub|proc|macro_rules!)';

function definitionPatterns(names: readonly string[]): string[] {
  const name = `(${names.join('|')})`;
  const end = '([^A-Za-z0-9_]|$)';
  return [
    `(^|[^A-Za-z0-9_])${keywords}[[:space:]]+${name}${end}`,
    `^func[[:space:]]+\\([^)]*\\)[[:space:]]*${name}${end}`,
    `(^|[^A-Za-z0-9_.])${name}[[:space:]]*[:=][[:space:]]*(async[[:space:]]*)?(function|\\()`,
    `^[[:space:]]*([A-Za-z_][][A-Za-z0-9_<>,.*&?]*[[:space:]]+)+[*&]?${name}[[:space:]]*\\(`,
    `^[[:space:]]+(async[[:space:]]+)?${name}\\(.*\\{[[:space:]]*$`,
  ];
}

function placesOf(repositoryPath: string, commit: string, title: string) {
  const { names, sought } = namedSymbols(title, '');
  const grep = (options: readonly string[], patterns: readonly string[], paths: readonly string[]): string => {
    const wanted = patterns.flatMap((pattern) => ['-e', pattern]);
    const args = ['grep', '-I', '-z', ...options, ...wanted, commit, '--', ...paths];
    return spawnSync('git', args, { cwd: repositoryPath, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 }).stdout;
  };
  const inCommit = (path: string) => path.slice(commit.length + 1);
  const filesWith = (words: readonly string[]) =>
    words.length === 0 ? [] : grep(['-F', '-w', '-l'], words, ['.']).split('\0').filter(Boolean).map(inCommit);
  const mentioned = filesWith(sought);
  const others = filesWith(names.filter((name) => !sought.includes(name)));
  const lookedAt = [...new Set([...mentioned, ...others])].slice(0, 1_000);
  const literal = lookedAt.map((path) => `:(literal)${path}`);
  const lines =
    lookedAt.length === 0 ? '' : grep(['-E', '-o', '--max-count=20'], definitionPatterns(names), literal);
  const defined = new Map<string, Set<string>>();
  for (const line of lines.split('\n')) {
    const [path, said] = line.split('\0');
    if (path === undefined || said === undefined) continue;
    const known = defined.get(inCommit(path)) ?? new Set();
    for (const word of said.match(/\w+/g) ?? []) if (names.includes(word)) known.add(word);
    defined.set(inCommit(path), known);
  }
  return { defined, mentioned: new Set(mentioned) };
}
