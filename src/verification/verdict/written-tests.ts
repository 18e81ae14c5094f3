// Tests that a change writes, and that do not run because another one has their name (R-GREEN-3). Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import type { SortedFile } from '../parts/sort-change.ts';
import { languageOf } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { isTitle, testsIn } from '../syntax/tests-in.ts';
import type { CheckRuns } from './decide.ts';
import { titleOf } from './explanation.ts';

export interface WrittenTest {
  path: string;
  title: string;
  /** How often it stands in the file. */
  times: number;
}

/** Of each title, how often it stands in the file, if it stands there more often than before. */
export async function writtenTests(sorted: readonly SortedFile[]): Promise<WrittenTest[]> {
  const found: WrittenTest[] = [];
  for (const { file, role } of sorted) {
    if (role !== 'test') continue;
    const [before, after] = [await titlesOf(file.path, file.before), await titlesOf(file.path, file.after)];
    for (const [title, times] of after)
      if (times > (before.get(title) ?? 0)) found.push({ path: file.path, title, times });
  }
  return found;
}

export async function titlesOf(path: string, text: string | null): Promise<Map<string, number>> {
  const language = languageOf(path, text);
  const tree = text === null || language === null ? null : await parseSource(language, text);
  const titles = new Map<string, number>();
  for (const { title, isSuite } of tree ? testsIn(tree) : [])
    if (!isSuite && title !== '') titles.set(title, (titles.get(title) ?? 0) + 1);
  return titles;
}

/** Tests that the change writes, and that do not run because another one of the same file has their name. */
export function judgeWritten(
  { change: { report }, kind }: CheckRuns,
  written: readonly WrittenTest[],
): Finding[] {
  if (kind !== 'test' || report === null) return [];
  const silent = written.filter(({ path, title, times }) => {
    const own = report.tests.filter(({ file }) => file === path);
    const runs = own.filter(({ name }) =>
      [titleOf(name), ...name.split(/ > |::|\//)].some((each) => isTitle(title, each)),
    );
    return runs.length > 0 && runs.length < times;
  });
  if (silent.length === 0) return [];
  return [
    {
      weight: 'refuses',
      kind: 'test_not_run',
      text: `Tests that the change adds do not run, because another one has their name: ${silent
        .slice(0, 20)
        .map(({ path, title, times }) => `${path} > ${title} is written ${times} times, and fewer run`)
        .join('; ')}. Give each a name of its own.`,
      files: [...new Set(silent.map(({ path }) => path))],
      tests: silent.map(({ title }) => title),
    },
  ];
}
