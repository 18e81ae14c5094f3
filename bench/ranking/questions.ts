// Makes requests with a known answer from the files themselves. Text that becomes a request is removed from the
// repository if it would give the answer away.
import { createHash } from 'node:crypto';
import { roleOf, subjectOf } from '../../src/engine/run/reading/file-roles.ts';
import { findDefinitions } from '../../src/engine/run/reading/find-definitions.ts';

export const kinds = ['comment', 'test', 'error', 'symbol'] as const;

export interface Question {
  /**
   * `comment`: the comment of a definition, without its name, and removed from the file. `test`: the names of the tests
   * of a file; all test files are removed. `error`: a message that the file throws. `symbol`: the name of a definition.
   */
  kind: (typeof kinds)[number];
  title: string;
  answer: string;
}

export interface Questions {
  questions: Question[];
  /** The repository without the texts that became questions. */
  files: Map<string, string>;
}

/** The maximum per kind; a file gives at most one of each kind. */
const perKindMax = 20;

export function questionsOn(given: ReadonlyMap<string, string>): Questions {
  const sources = [...given].filter(([path]) => roleOf(path) === 'source');
  const files = new Map([...given].filter(([path]) => roleOf(path) !== 'test'));
  const comments = sampled(sources, ([path, text]) => commentOf(path, text));
  for (const { path, found } of comments) files.set(path, (files.get(path) ?? '').replace(found.whole, ''));
  const bySubject = Map.groupBy(sources, ([path]) => subjectOf(path));
  const tests = sampled(
    [...given].filter(([path]) => roleOf(path) === 'test'),
    ([path, text]) => {
      const [only, ...others] = bySubject.get(subjectOf(path)) ?? [];
      const title = testNames(text);
      return only && others.length === 0 && title ? { title, answer: only[0] } : null;
    },
  );
  const errors = sampled(sources, ([, text]) => errorIn(text));
  const definers = Map.groupBy(
    sources.flatMap(([path, text]) => findDefinitions(path, text).map(({ name }) => ({ name, path }))),
    ({ name }) => name,
  );
  const symbols = sampled(sources, ([path, text]) => {
    const own = findDefinitions(path, text).filter(
      ({ name }) => name.length >= 8 && new Set(definers.get(name)?.map((each) => each.path)).size === 1,
    );
    return own[0] ?? null;
  });
  const questions: Question[] = [
    ...comments.map(({ path, found }) => ({ kind: 'comment', title: found.said, answer: path }) as const),
    ...tests.map(({ found }) => ({ kind: 'test', ...found }) as const),
    ...errors.map(
      ({ path, found }) => ({ kind: 'error', title: `It fails with: ${found}`, answer: path }) as const,
    ),
    ...symbols.map(
      ({ path, found }) => ({ kind: 'symbol', title: `Fix \`${found.name}\``, answer: path }) as const,
    ),
  ];
  return { questions, files };
}

type Entry = readonly [path: string, text: string];

/** An arbitrary choice of files, the same in each run. */
function sampled<T>(
  entries: readonly Entry[],
  find: (entry: Entry) => T | null,
): { path: string; found: T }[] {
  const order = (path: string) => createHash('sha256').update(path).digest('hex');
  return entries
    .toSorted(([a], [b]) => (order(a) < order(b) ? -1 : 1))
    .flatMap((entry) => {
      const found = find(entry);
      return found === null ? [] : [{ path: entry[0], found }];
    })
    .slice(0, perKindMax);
}

const wordsMin = 6;
const wordsMax = 40;

function commentOf(path: string, text: string): { whole: string; said: string } | null {
  const pattern = path.endsWith('.py')
    ? /^(?: {4})?(?:def|class) +([A-Za-z]\w*)[^\n]*:\n\s+r?"""([^"]{20,4000}?)"""/gm
    : path.endsWith('.go')
      ? /((?:^\/\/[^\n]*\n){1,60})(?=(?:func (?:\([^)]*\) )?|type )([A-Z]\w*))/gm
      : /\/\*\*((?:(?!\*\/)[\s\S]){20,4000})\*\/\s*(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function|class|const|interface|type)\s+([A-Za-z]\w*)/g;
  for (const match of text.matchAll(pattern)) {
    const [whole, first = '', second = ''] = match;
    const [comment, name] = path.endsWith('.py') ? [second, first] : [first, second];
    const said = wordsOf(comment, name);
    if (said !== null) return { whole: path.endsWith('.py') ? `"""${comment}"""` : comment || whole, said };
  }
  return null;
}

/** The first paragraph of the comment, without the name, code and tags. */
function wordsOf(comment: string, name: string): string | null {
  const plain = comment.replace(/^\s*(\/\/|\*)? ?/gm, '').trim();
  const [first = ''] = plain.split(/\n\s*\n|\n@|\n>>>/);
  const words = first
    .replace(/\{@\w+ ([^}]*)\}/g, '$1')
    .split(/\s+/)
    .filter((word) => !word.toLowerCase().includes(name.toLowerCase()))
    .slice(0, wordsMax);
  return words.length >= wordsMin && !first.startsWith('@') ? words.join(' ') : null;
}

const testNamesMax = 3;

function testNames(text: string): string | null {
  const names = [
    ...text.matchAll(
      /^func Test(\w{4,})\(|^\s*def test_(\w{4,})\(|\b(?:it|test)\(\s*['"`]([^'"`\n]{8,})['"`]/gm,
    ),
  ].map(([, go, python, script]) => go ?? python ?? script ?? '');
  if (names.length === 0) return null;
  return names
    .slice(0, testNamesMax)
    .map((name) => name.replaceAll('_', ' ').replace(/([a-z])([A-Z])/g, '$1 $2'))
    .join('; ');
}

const errorWordsMin = 4;

function errorIn(text: string): string | null {
  const raised =
    /(?:throw new \w+|raise \w+|errors\.New|fmt\.Errorf|Errorf|console\.(?:error|warn))\(\s*(["'`])((?:(?!\1)[^\n\\]){16,160})\1/g;
  for (const [, , said = ''] of text.matchAll(raised))
    if ((said.match(/[A-Za-z]{2,}/g) ?? []).length >= errorWordsMin) return said;
  return null;
}
