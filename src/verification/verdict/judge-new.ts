// Whether the tests that a change adds need it (R-GREEN-4). Pure.
import { isNameAsked } from '../../domain/work-order/asked.ts';
import type { Finding } from '../../domain/work-order/finding.ts';
import { filesOf, named, namesOf, these } from '../finding-words.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { isTitle } from '../syntax/tests-in.ts';
import type { ReportedTest } from '../test-report.ts';
import type { CheckRuns } from './check-runs.ts';
import { titleOf } from './explanation.ts';
import { keyOf, type Shown } from './reported-tests.ts';
import type { WrittenTest } from './written-tests.ts';

/** Tests that the change adds and that do not need it prove nothing (R-GREEN-4). */
export function judgeNew(
  { change, more, kind }: CheckRuns,
  { asked, sorted, written, bringsTests }: Shown,
): Finding[] {
  if (kind !== 'test') return [];
  // Tests of what was there before pass without the change.
  const needsTest = asked.needs_test && sorted.some(addsProduct);
  const isEvidence = ({ part, role, file }: SortedFile) =>
    part === 'evidence' && role !== 'ci' && role !== 'lock' && file.status !== 'deleted';
  if (asked.needs_test && !bringsTests && !sorted.some(isEvidence))
    return [
      {
        weight: 'refuses',
        kind: 'no_test_added',
        text: 'A test was asked for, and the change adds none.',
        files: [],
        tests: [],
      },
    ];
  const before = [more.product, more.base].flatMap((run) => run?.report?.tests ?? []);
  const known = new Set(before.map(keyOf));
  const added = (change.report?.tests ?? []).filter((test) => !known.has(keyOf(test)));
  const wasIdle = new Set(before.filter(isIdle).map(({ name }) => titleOf(name)));
  const idle = added.filter(
    (test) => isIdle(test) && !wasIdle.has(titleOf(test.name)) && !isNameAsked(test.name, asked.skips),
  );
  return [
    ...(known.size === 0 || idle.length === 0 ? [] : [skippedFinding(idle, { added, needsTest })]),
    ...judgeNeverRed(
      { change, more },
      {
        added: added.filter(({ result }) => result === 'passed'),
        needsTest,
        written,
        listed: sorted.filter(({ role }) => role === 'test').map(({ file }) => file.path),
      },
    ),
  ];
}

/** What is skipped, or may fail, shows nothing. */
const isIdle = ({ result }: ReportedTest) => result !== 'passed' && result !== 'failed';

function skippedFinding(
  idle: readonly ReportedTest[],
  { added, needsTest }: { added: readonly ReportedTest[]; needsTest: boolean },
): Finding {
  // One that fails, and may, says that the change does not work.
  const refuses =
    needsTest || idle.length === added.length || idle.some(({ result }) => result === 'expected_failure');
  return {
    weight: refuses ? 'refuses' : 'tells',
    kind: 'test_skipped',
    text: `${these(idle)} of the change ${idle.length === 1 ? 'is' : 'are'} skipped, or may fail${named(idle)}.${refuses ? ` Let ${idle.length === 1 ? 'it' : 'them'} run, and pass.` : ''}`,
    files: filesOf(idle),
    tests: namesOf(idle),
  };
}

function judgeNeverRed(
  { change, more: { new: newOnBase } }: Pick<CheckRuns, 'change' | 'more'>,
  {
    added,
    needsTest,
    written,
    listed,
  }: { added: ReportedTest[]; needsTest: boolean; written: readonly WrittenTest[]; listed: string[] },
): Finding[] {
  if (!newOnBase) return [];
  const onBase = new Map(newOnBase.report?.tests.map((test) => [keyOf(test), test.result]));
  const neverRed = added.filter((test) => onBase.get(keyOf(test)) === 'passed');
  const blind = neverRed.filter((test) => written.some((each) => each.cannotFail && isWrittenAs(test, each)));
  // One that was red before proves the change as well.
  const hasProof = (change.report?.tests ?? []).some(
    (test) => test.result === 'passed' && onBase.get(keyOf(test)) === 'failed',
  );
  const isAllGreen = newOnBase.passed;
  if (neverRed.length === 0 && !isAllGreen) return [];
  const isUnmet = needsTest && !hasProof && (isAllGreen || neverRed.length === added.length);
  const why = isUnmet
    ? 'a test was asked for'
    : blind.length > 0
      ? `what fails in ${blind.length === neverRed.length ? (blind.length === 1 ? 'it' : 'them') : `${blind.length} of them`} is dropped, so no change can make ${blind.length === 1 ? 'it' : 'them'} red`
      : `${neverRed.length === 1 ? 'proves' : 'prove'} nothing about it`;
  return [
    {
      weight: isUnmet || blind.length > 0 ? 'refuses' : 'tells',
      kind: 'never_red',
      text: `${neverRed.length === 0 ? 'The tests of the change pass' : `${these(neverRed)} ${neverRed.length === 1 ? 'passes' : 'pass'}`} without the change too, and ${why}${named(neverRed)}.`,
      files: neverRed.length > 0 ? filesOf(neverRed) : listed,
      tests: namesOf(neverRed),
    },
  ];
}

const isWrittenAs = ({ name, file }: ReportedTest, { path, title }: WrittenTest) =>
  (file === null || file === path) &&
  [titleOf(name), ...name.split(/ > |::|\//)].some((each) => isTitle(title, each));

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
