// Tests that a change writes, and that do not run because another one has their name (R-GREEN-3). Pure.
import { dirname } from 'node:path';
import type { Finding } from '../../domain/work-order/finding.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { dropsError } from '../product/dropped-errors.ts';
import { languageOf } from '../syntax/languages.ts';
import { around, parseSource, type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { calleeOf, functionsIn, givenIn, is, literalOf, textOf } from '../syntax/read-tree.ts';
import { demandsIn, isTitle, testsIn } from '../syntax/tests-in.ts';
import type { CheckRuns } from './check-runs.ts';
import { titleOf } from './explanation.ts';

export interface WrittenTest {
  path: string;
  title: string;
  /** How often it stands in the file. */
  times: number;
  /** The file had none of this title, and its runner names it as it is written, wherever it runs. */
  isNew: boolean;
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
          isNew:
            !before.has(title) && tree !== null && nodes.every((node) => runsAsWritten(tree, node, title)),
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

/** In Go, what a test needs for its claims says by an error that it failed. */
function isSetUp(tree: SyntaxTree, demand: SyntaxNode): boolean {
  const guard =
    tree.language === 'go' ? [...around(demand)].find(({ type }) => type === 'if_statement') : null;
  const condition = guard?.parts.find(({ field }) => field === 'condition');
  return condition !== undefined && /^\w*[eE]rr\w*\s*!=\s*nil$/.test(textOf(tree, condition));
}

/** No benchmark, no example, and nothing that is for other machines, settings or tools only. */
function runsAsWritten(tree: SyntaxTree, node: SyntaxNode, title: string): boolean {
  const text = textOf(tree, node);
  switch (tree.language) {
    case 'go':
      return title.startsWith('Test') && !/^\/\/(?:go:build| \+build)/m.test(tree.text);
    case 'rust':
      return !/\bcfg(?:_attr)?\s*\(\s*(?!test\s*\))/.test(tree.text) && /#\[(?:tokio::)?test\b/.test(text);
    case 'python':
      return !/\b(?:importorskip|skipIf|skipUnless|skipif)\b/.test(tree.text);
    case 'javascript':
    case 'typescript':
    case 'tsx': {
      const [first] = givenIn(tree, node);
      return /^(?:it|test|specify)\(/.test(text) && first !== undefined && literalOf(tree, first) !== null;
    }
    default:
      return false;
  }
}

/** Each demand is guarded by what drops its failure, or stands in what only runs if something else happens. */
function cannotFail(tree: SyntaxTree, test: SyntaxNode): boolean {
  const demands = demandsIn(tree, test).filter(({ node }) => !isSetUp(tree, node));
  const forgiving = forgivingIn(tree);
  return (
    demands.length > 0 &&
    demands.every(({ node }) => {
      let inner = node;
      for (const outer of around(node)) {
        if (outer === test || outer.from < test.from) return false;
        if (is(tree.language, 'catches', outer)) return true;
        if (isGivenTo(tree, forgiving, { call: outer, inner })) return true;
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

/** The change writes tests, and none of them runs, although others of their folder do: its green says nothing of them. */
export function judgeNeverRun({
  checks,
  written,
}: {
  checks: readonly CheckRuns[];
  written: readonly WrittenTest[];
}): Finding[] {
  const reported = checks.flatMap(({ kind, change }) =>
    kind === 'test' ? (change.report?.tests ?? []) : [],
  );
  const fresh = written.filter(({ isNew, path }) => isNew && !/-d\.[cm]?tsx?$/.test(path));
  const isRun = ({ path, title }: WrittenTest) =>
    reported.some(
      ({ file, name, result }) =>
        (file === path && result !== 'passed' && result !== 'failed') ||
        [titleOf(name), ...name.split(/ > |::|\//)].some((each) => isTitle(title, each)),
    );
  // Which package a test of Go is in, its runner does not say.
  const isOfRunner = ({ path }: WrittenTest) =>
    reported.some(({ file }) =>
      file === null ? path.endsWith('_test.go') : dirname(file) === dirname(path),
    );
  if (fresh.length === 0 || fresh.some(isRun) || !fresh.every(isOfRunner)) return [];
  return [
    {
      weight: 'refuses',
      kind: 'test_not_run',
      text: `None of the tests that the change adds runs, although others beside them do: ${fresh
        .slice(0, 20)
        .map(({ path, title }) => `${path} > ${title}`)
        .join('; ')}. Let the check run them.`,
      files: [...new Set(fresh.map(({ path }) => path))],
      tests: fresh.map(({ title }) => title),
    },
  ];
}

const isGivenTo = (
  tree: SyntaxTree,
  names: ReadonlySet<string>,
  { call, inner }: { call: SyntaxNode; inner: SyntaxNode },
) =>
  is(tree.language, 'calls', call) &&
  is(tree.language, 'given', inner) &&
  names.has(calleeOf(tree, call).split('.').at(-1) ?? '');

const goesOn =
  /\b(?:throw|raise|panic|fail\w*|assert\w*|expect|reject|exit|return|yield)\b|\.(?:Error|Fatal|Fail)\w*\(|\.(?:push|append|add)\(|[^=!<>:]=[^=>]/;

/** Helpers of the file that drop what goes wrong in them, other than by a word in a log. */
function forgivingIn(tree: SyntaxTree): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, node } of functionsIn(tree)) {
    if (tree.language === 'go') {
      const text = textOf(tree, node);
      const after = /\brecover\(\)\s*;?([\s\S]*?)\}\s*\(\)/.exec(text)?.[1];
      if (after !== undefined && !goesOn.test(after)) names.add(name);
    } else
      for (const each of within(node)) {
        if (!is(tree.language, 'catches', each)) continue;
        const body = each.parts.filter(({ type }) => /block|suite|then|^body/.test(type)).at(-1);
        if (body && !goesOn.test(textOf(tree, body))) names.add(name);
      }
  }
  return names;
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
