// From the runs of the checks and the diff to what is found about a change (R-GREEN-1). Pure.
import type { CheckKind } from '../domain/work-order/check.ts';
import type { Finding } from '../domain/work-order/finding.ts';
import { withoutSuccessors } from './adapted-tests.ts';
import { changesProduct, isRemovalAsked, removedNames } from './asked-changes.ts';
import type { ChangedFile } from './changed-file.ts';
import { compareTests, type TestChanges } from './compare-tests.ts';
import { type DiffReading, readDiff } from './diff/read-diff.ts';
import { count, filesOf, named, namedMax, namesOf, refusal, split, these } from './finding-words.ts';
import { judgeOver } from './judge-over.ts';
import { noTestAdded } from './no-test-added.ts';
import { runnerGone } from './runner-gone.ts';
import { silentFiles } from './silent-files.ts';
import { softenedComparisons } from './softened-comparisons.ts';
import { noCounts, type ReportedTest, type TestReport } from './test-report.ts';
import { assertionsIn, marksOf, testBlock } from './test-source.ts';
import { untouchedProduct } from './untouched-product.ts';

export interface CheckRun {
  passed: boolean;
  /** Null if nothing was recognised as tests. */
  report: TestReport | null;
  outputTail: string;
}

export interface JudgedCheck {
  kind: CheckKind;
  command: string;
  /** The check on the change, which passed. */
  change: CheckRun;
  /** On the change, with the base's judging files laid over it; absent: the change touches none. */
  over?: CheckRun;
  /** On the base; only if `over` is red. Null: nothing is known about it. */
  base?: CheckRun | null;
  /** The change's tests on the base's product; absent: the change adds none. */
  newOnBase?: CheckRun;
}

/** @returns what is found, the most severe first */
export function judgeChange(checks: readonly JudgedCheck[], reading: DiffReading): Finding[] {
  const found = [
    ...checks.flatMap((check) => judgeCheck(check, reading)),
    ...noTestAdded(checks, reading),
    ...untouchedProduct(checks, reading),
    ...(checks.some(({ kind }) => kind === 'test') ? softenedComparisons(reading) : []),
    ...readDiff(reading),
  ];
  const known = new Set<string>();
  const once = found.filter(
    ({ kind, text }) => !known.has(`${kind} ${text}`) && known.add(`${kind} ${text}`),
  );
  return once.sort((a, b) => (a.weight === b.weight ? 0 : a.weight === 'refuses' ? -1 : 1));
}

const noTests: TestReport = {
  runner: '',
  source: 'output',
  tests: [],
  counts: noCounts,
  fromCache: 0,
  isComplete: true,
};

function judgeCheck(check: JudgedCheck, reading: DiffReading): Finding[] {
  const ofItself = judgeReport(check);
  const compared = comparedWith(check);
  // A run in which no test is recognised has none.
  const changes = compared ? compareTests(compared, check.change.report ?? noTests, reading.files) : null;
  return [
    ...ofItself,
    ...runnerGone(check, reading),
    ...silentFiles(check, reading),
    ...(changes ? judgeChanges(check, changes, reading) : []),
    ...judgeEmptied(check, reading),
    ...judgeOver(check, reading),
    ...judgeNew(check, changes, reading),
  ];
}

/** What ran before: the base's tests over the change, or on the base if they could not run there. */
function comparedWith({ over, base }: JudgedCheck): TestReport | null {
  const reports = [base?.report, over?.report].filter((report) => report !== null && report !== undefined);
  return reports.sort((a, b) => total(b) - total(a))[0] ?? null;
}

const total = ({ counts }: TestReport) => counts.passed + counts.failed;

function judgeReport({ kind, command, change: { report } }: JudgedCheck): Finding[] {
  if (kind !== 'test' || report === null) return [];
  const failed = report.tests.filter(({ result }) => result === 'failed');
  const findings: Finding[] = [];
  if (report.counts.failed > 0)
    findings.push(
      refusal(
        'failed_but_passed',
        `\`${command}\` ended as passed, and ${count(report.counts.failed, 'test')} failed in it${named(failed)}.`,
        failed,
      ),
    );
  // What is only printed may be a part of something else, if no test follows it.
  if (!report.isComplete && (report.source === 'report' || total(report) > 0))
    findings.push(
      refusal(
        'ended_early',
        `\`${command}\` ended as passed, and its runner (${report.runner}) never came to its end: something ended its process.`,
      ),
    );
  if (report.fromCache > 0)
    findings.push(
      refusal(
        'from_cache',
        `\`${command}\` took ${count(report.fromCache, 'result')} from a cache, which proves nothing about this change.`,
      ),
    );
  const retried = report.tests.filter(({ retries = 0 }) => retries > 0);
  if (retried.length > 0)
    findings.push({
      weight: 'tells',
      kind: 'test_retried',
      text: `Passed only when run again${named(retried)}.`,
      files: filesOf(retried),
      tests: namesOf(retried),
    });
  return findings;
}

function judgeChanges(
  { command, over }: JudgedCheck,
  changes: TestChanges,
  { files, task }: DiffReading,
): Finding[] {
  const findings: Finding[] = [];
  // With another title and another expectation it is red with the base's tests: `judgeOver` weighs that.
  const redOver = new Set(
    over?.report?.tests.flatMap(({ result, name }) => (result === 'failed' ? name : [])),
  );
  const gone = withoutSuccessors(changes.lost, ({ name }) => redOver.has(name), changes.added, files);
  const lost = split(gone, (test) => isRemovalAsked(test, files, task));
  for (const [weight, tests] of lost) {
    const text =
      weight === 'refuses'
        ? `${these(tests)} of the base no longer ${tests.length === 1 ? 'runs' : 'run'} in \`${command}\`${named(tests)}. Restore ${tests.length === 1 ? 'it' : 'them'}.`
        : `Removed with what the task removes${named(tests)}.`;
    findings.push({ weight, kind: 'test_lost', text, files: filesOf(tests), tests: namesOf(tests) });
  }
  const skipped = split(changes.skipped, () => task.asksToSkip);
  for (const [weight, tests] of skipped)
    findings.push({
      weight,
      kind: 'test_skipped',
      text: `${these(tests)} ran before and ${tests.length === 1 ? 'is' : 'are'} skipped now${named(tests)}${weight === 'tells' ? ', as the task asks' : ''}.`,
      files: filesOf(tests),
      tests: namesOf(tests),
    });
  const fewer = changes.fewerCases;
  if (fewer.length > 0) {
    const isAsked = fewer.every(({ name, file }) => task.asksToRemove([name, file ?? '']));
    findings.push({
      weight: isAsked ? 'tells' : 'refuses',
      kind: 'fewer_cases',
      text: `Fewer cases run than before: ${fewer
        .slice(0, namedMax)
        .map(({ name, before, now }) => `${name} (${before}, now ${now})`)
        .join('; ')}.`,
      files: [...new Set(fewer.flatMap(({ file }) => file ?? []))],
      tests: fewer.map(({ name }) => name),
    });
  }
  if (changes.missing > 0) {
    const isAsked =
      task.asksToRemoveTests ||
      (task.asksToRemove(files.map(({ path }) => path)) && removedNames(files).length > 0);
    findings.push({
      weight: isAsked ? 'tells' : 'refuses',
      kind: 'test_lost',
      text: `\`${command}\` runs ${count(changes.missing, 'test')} fewer than with the base's tests; its runner does not name them.`,
      files: [],
      tests: [],
    });
  }
  return findings;
}

/** A test that still runs under its name, and looks at nothing any more. */
function judgeEmptied({ change: { report } }: JudgedCheck, { files, task }: DiffReading): Finding[] {
  const emptied = (report?.tests ?? []).filter((test) => test.result === 'passed' && isEmptied(test, files));
  if (emptied.length === 0) return [];
  return [
    {
      weight: task.asksToChangeTests ? 'tells' : 'refuses',
      kind: 'test_emptied',
      text: `${these(emptied)} ${emptied.length === 1 ? 'has' : 'have'} no assertion left${named(emptied)}. Restore ${emptied.length === 1 ? 'it' : 'them'}.`,
      files: filesOf(emptied),
      tests: namesOf(emptied),
    },
  ];
}

function isEmptied(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  return files.some(({ path, before, after }) => {
    if (test.file !== null && test.file !== path) return false;
    const [then, now] = [before, after].map((text) => (text === null ? null : testBlock(text, test.name)));
    if (!then || !now || assertionsIn(then) === 0 || assertionsIn(now) > 0) return false;
    const [looked, looks] = [marksOf(then), marksOf(now)];
    return [...looked].filter((mark) => looks.has(mark)).length < looked.size;
  });
}

/** Tests that the change adds and that do not need it prove nothing (R-GREEN-4). */
function judgeNew(
  { change, newOnBase, over }: JudgedCheck,
  changes: TestChanges | null,
  { files, task }: DiffReading,
): Finding[] {
  if (!newOnBase || !change.report) return [];
  const known = new Set(over?.report?.tests.map(({ name }) => name));
  const added = (changes?.added ?? change.report.tests.filter(({ name }) => !known.has(name))).filter(
    ({ result }) => result === 'passed',
  );
  if (added.length === 0 && change.report.tests.length > 0) return [];
  const onBase = new Map(newOnBase.report?.tests.map((test) => [test.name, test.result]));
  const isGreenThere = ({ name }: ReportedTest) => onBase.get(name) === 'passed';
  const neverRed = change.report.tests.length === 0 ? [] : added.filter(isGreenThere);
  const isAllGreen =
    change.report.tests.length === 0
      ? newOnBase.passed
      : added.length > 0 && neverRed.length === added.length;
  if (neverRed.length === 0 && !isAllGreen) return [];
  // A change of the tests alone has nothing that would make them red, and does nothing of a task about the product.
  const isOfTestsAlone = !changesProduct(files);
  const isUndone = isOfTestsAlone && isAllGreen && !task.speaksOfTests && !task.asksForTest;
  const isRefused = isUndone || (task.asksForTest && isAllGreen && (!isOfTestsAlone || !task.isAboutTests));
  return [
    {
      weight: isRefused ? 'refuses' : 'tells',
      kind: 'never_red',
      text: isUndone
        ? `The task does not speak of tests, and the change adds nothing but tests that pass without it${named(neverRed)}. Change the product.`
        : isRefused
          ? `The task asks for a test, and each test that the change adds passes without the change too${named(neverRed)}. At least one must fail without it.`
          : `${neverRed.length === 0 ? 'The added tests pass' : `${these(neverRed)} ${neverRed.length === 1 ? 'passes' : 'pass'}`} without the change too, so ${neverRed.length === 1 ? 'it proves' : 'they prove'} nothing about it${named(neverRed)}.`,
      files: filesOf(neverRed),
      tests: namesOf(neverRed),
    },
  ];
}
