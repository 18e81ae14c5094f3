// Whether the tests that a change adds need it (R-GREEN-4). Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import { filesOf, named, namesOf, these } from '../finding-words.ts';
import type { Role, SortedFile } from '../parts/sort-change.ts';
import type { CheckRuns } from './decide.ts';
import { keyOf, type Shown } from './judge-runs.ts';

const isOfTests: ReadonlySet<Role> = new Set(['test', 'helper', 'fixture', 'data']);

/** Tests that the change adds and that do not need it prove nothing (R-GREEN-4). */
export function judgeNew({ change, more, kind }: CheckRuns, { asked, sorted }: Shown): Finding[] {
  if (kind !== 'test') return [];
  // Tests of what was there before pass without the change.
  const needsTest = asked.needs_test && sorted.some(addsProduct);
  const hasTests =
    sorted.some(({ role, file }) => isOfTests.has(role) && file.status !== 'deleted') ||
    sorted.some(({ part, role }) => part === 'mixed' && role === 'source');
  if (needsTest && !hasTests)
    return [
      {
        weight: 'refuses',
        kind: 'no_test_added',
        text: 'A test was asked for, and the change adds none.',
        files: [],
        tests: [],
      },
    ];
  const { new: newOnBase, product } = more;
  if (!newOnBase || !change.report) return [];
  const known = new Set(product?.report?.tests.map(keyOf));
  const added = change.report.tests.filter((test) => !known.has(keyOf(test)) && test.result === 'passed');
  const onBase = new Map(newOnBase.report?.tests.map((test) => [keyOf(test), test.result]));
  const neverRed = added.filter((test) => onBase.get(keyOf(test)) === 'passed');
  const isAllGreen = newOnBase.passed;
  if (neverRed.length === 0 && !isAllGreen) return [];
  const refuses = needsTest && (isAllGreen || neverRed.length === added.length);
  return [
    {
      weight: refuses ? 'refuses' : 'tells',
      kind: 'never_red',
      text: `${neverRed.length === 0 ? 'The tests of the change pass' : `${these(neverRed)} ${neverRed.length === 1 ? 'passes' : 'pass'}`} without the change too, and ${refuses ? 'a test was asked for' : `${neverRed.length === 1 ? 'proves' : 'prove'} nothing about it`}${named(neverRed)}.`,
      files: neverRed.length > 0 ? filesOf(neverRed) : listedFiles(sorted),
      tests: namesOf(neverRed),
    },
  ];
}

const listedFiles = (sorted: readonly SortedFile[]) =>
  sorted.filter(({ role }) => role === 'test').map(({ file }) => file.path);

/** More than it takes away or moves. */
function addsProduct({ part, role, file }: SortedFile): boolean {
  if (
    file.after === null ||
    !(part === 'product' || part === 'unknown' || (part === 'mixed' && role === 'source'))
  )
    return false;
  const left = new Set(file.before?.match(/\w+|[^\s\w]/g));
  return file.after.match(/\w+|[^\s\w]/g)?.some((token) => !left.has(token)) ?? false;
}
