import type { LanguageName } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { testPartsIn } from '../syntax/tests-in.ts';
import type { Looked } from './looks-around.ts';

/** One file of a change, read as a source of the language. */
export async function looked(
  language: LanguageName,
  before: string | null,
  after: string,
): Promise<Looked[]> {
  const tree = await parseSource(language, after);
  if (tree === null) throw new Error('It was not parsed');
  return [
    {
      path: 'a',
      before: before === null ? null : await parseSource(language, before),
      after: tree,
      tests: testPartsIn(tree),
    },
  ];
}
export const kinds = (found: ReadonlyArray<{ weight: string; kind: string }>) =>
  found.map(({ weight, kind }) => `${weight} ${kind}`);
