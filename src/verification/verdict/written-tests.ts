// Tests that a change writes, and that do not run because another one has their name (R-GREEN-3). Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { dropsError } from '../product/dropped-errors.ts';
import { languageOf } from '../syntax/languages.ts';
import { around, parseSource, type SyntaxNode, type SyntaxTree } from '../syntax/parse-source.ts';
import { is } from '../syntax/read-tree.ts';
import { demandsIn, isTitle, testsIn } from '../syntax/tests-in.ts';
import type { CheckRuns } from './check-runs.ts';
import { titleOf } from './explanation.ts';

export interface WrittenTest {
  path: string;
  title: string;
  /** How often it stands in the file. */
  times: number;
  /** All that it demands is dropped where it fails, or stands where nothing comes unless something else happens. */
  cannotFail: boolean;
}

/** Of each title, how often it stands in the file, if it stands there more often than before. */
export async function writtenTests(sorted: readonly SortedFile[]): Promise<WrittenTest[]> {
  const found: WrittenTest[] = [];
  for (const { file, role } of sorted) {
    if (role !== 'test') continue;
    const before = await titlesOf(file.path, file.before);
    const tree = await treeOf(file.path, file.after);
    for (const [title, nodes] of tree ? titled(tree) : [])
      if (nodes.length > (before.get(title) ?? 0))
        found.push({
          path: file.path,
          title,
          times: nodes.length,
          cannotFail: tree !== null && nodes.every((node) => cannotFail(tree, node)),
        });
  }
  return found;
}

export async function titlesOf(path: string, text: string | null): Promise<Map<string, number>> {
  const tree = await treeOf(path, text);
  return new Map(tree ? [...titled(tree)].map(([title, nodes]) => [title, nodes.length]) : []);
}

async function treeOf(path: string, text: string | null): Promise<SyntaxTree | null> {
  const language = languageOf(path, text);
  return text === null || language === null ? null : parseSource(language, text);
}

function titled(tree: SyntaxTree): Map<string, SyntaxNode[]> {
  const titles = new Map<string, SyntaxNode[]>();
  for (const { title, node, isSuite } of testsIn(tree))
    if (!isSuite && title !== '') titles.set(title, [...(titles.get(title) ?? []), node]);
  return titles;
}

/** Each demand is guarded by what drops its failure, or stands in what only runs if something else happens. */
function cannotFail(tree: SyntaxTree, test: SyntaxNode): boolean {
  const demands = demandsIn(tree, test);
  return (
    demands.length > 0 &&
    demands.every(({ node }) => {
      let inner = node;
      for (const outer of around(node)) {
        if (outer === test || outer.from < test.from) return false;
        if (is(tree.language, 'catches', outer)) return true;
        // In Go, the condition demands something itself.
        if (outer.type === 'if_statement' && tree.language !== 'go') return true;
        const handlers = outer.parts.filter((part) => is(tree.language, 'catches', part));
        if (
          handlers.length > 0 &&
          !handlers.includes(inner) &&
          handlers.some((each) => dropsError(tree, each))
        )
          return true;
        inner = outer;
      }
      return false;
    })
  );
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
