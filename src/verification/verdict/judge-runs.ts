// What the runs of the checks show about a change (R-GREEN-3, R-GREEN-4, R-GREEN-6, R-GREEN-13). Pure.

import { isNameAsked } from '../../domain/work-order/asked.ts';
import type { Finding } from '../../domain/work-order/finding.ts';
import { count, filesOf, named, namesOf, refusal, split, these } from '../finding-words.ts';
import { isTitle } from '../syntax/tests-in.ts';
import { noCounts, type ReportedTest, type TestReport } from '../test-report.ts';
import type { CheckRun, CheckRuns } from './check-runs.ts';
import { compareTests } from './compare-tests.ts';
import { type Explained, titleOf } from './explanation.ts';
import { judgeNew } from './judge-new.ts';
import { judgeOwn } from './own-tests.ts';
import { failedIn, keyOf, type Shown } from './reported-tests.ts';
import { judgeNeverRun, judgeWritten } from './written-tests.ts';

export function judgeRuns(shown: Shown): Finding[] {
  return shown.checks
    .flatMap((check) => [
      ...judgeReport(check),
      ...unnamedTests(check),
      ...judgeNeeded(check, shown),
      ...judgeOwn(check, shown),
      ...judgeChanges(check, shown),
      ...judgeWritten(check, shown.written),
      ...judgeNew(check, shown),
    ])
    .concat(judgeNeverRun(shown), judgeSources(shown));
}

/** What the sources of the tests show, whether or not a run needed it. */
function judgeSources({ explained, asked, sorted, checks }: Shown): Finding[] {
  const findings: Finding[] = [];
  // With the base's evidence they did not run, so nothing shows that the product meets what they demanded.
  const left = checks.flatMap(
    ({ more }) =>
      more.product?.report?.tests.filter(({ result }) => result !== 'passed' && result !== 'failed') ?? [],
  );
  const isLeftOut = (title: string) =>
    left.some(({ name }) => [titleOf(name), ...name.split(/ > |::|\//)].some((each) => isTitle(title, each)));
  for (const { file, emptied = [], doubled, weaker = [] } of explained) {
    const begun = asked.tests === 'keep' ? weaker.filter(([title]) => isLeftOut(title)) : [];
    if (begun.length > 0)
      findings.push({
        weight: 'refuses',
        kind: 'green_only_by_its_tests',
        text: `Tests of ${file.file.path} that did not run before run now, and demand less than they did: ${begun
          .slice(0, 20)
          .map(([title, reason]) => `'${title}': ${reason}`)
          .join('; ')}. Let them demand what they did.`,
        files: [file.file.path],
        tests: begun.map(([title]) => title),
      });
    const files = [file.file.path];
    if (emptied.length > 0 && asked.tests === 'keep')
      findings.push({
        weight: 'refuses',
        kind: 'test_emptied',
        text: `Tests of ${file.file.path} no longer assert anything: ${emptied.slice(0, 20).join('; ')}. Restore them.`,
        files,
        tests: emptied,
      });
    if (doubled !== undefined)
      findings.push({
        weight: 'refuses',
        kind: 'green_only_by_its_tests',
        text: `${file.file.path} replaces what it tests with a double: ${doubled}. Test the product itself.`,
        files,
        tests: [],
      });
  }
  const settings = sorted
    .filter(({ part, role }) => part === 'evidence' && (role === 'configuration' || role === 'lock'))
    .map(({ file }) => file.path);
  if (settings.length > 0)
    findings.push({
      weight: 'tells',
      kind: 'configuration_changed',
      text: `Settings, scripts or locks are changed that may alter how checks run: ${settings.slice(0, 20).join(', ')}.`,
      files: settings,
      tests: [],
    });
  return findings;
}

const noTests: TestReport = {
  runner: '',
  source: 'output',
  tests: [],
  counts: noCounts,
  fromCache: 0,
  isComplete: true,
};
const total = ({ counts }: TestReport) => counts.passed + counts.failed;

/** What the runner itself says against its exit code; what it says on the base too is its habit. */
function judgeReport({ kind, command, change, more }: CheckRuns): Finding[] {
  const { report } = change;
  if (kind !== 'test' || report === null) return [];
  const before = more.base?.report ?? null;
  const findings: Finding[] = [];
  const failed = report.tests.filter(({ result }) => result === 'failed');
  if (
    change.passed &&
    report.counts.failed > 0 &&
    !(before !== null && before.counts.failed >= report.counts.failed)
  )
    findings.push(
      refusal(
        'failed_but_passed',
        `\`${command}\` ended as passed, and ${count(report.counts.failed, 'test')} failed in it${named(failed)}.`,
        failed,
      ),
    );
  if (
    change.passed &&
    !report.isComplete &&
    (report.source === 'report' || total(report) > 0) &&
    before?.isComplete !== false
  )
    findings.push(
      refusal(
        'ended_early',
        `\`${command}\` ended as passed, and its runner (${report.runner}) never came to its end: something ended its process.`,
      ),
    );
  if (change.passed && report.fromCache > 0)
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

/** Tests that cannot be compared by name, because their runner names none. */
function unnamedTests({ kind, command, change: { report }, more }: CheckRuns): Finding[] {
  const isCompared =
    kind === 'test' &&
    (more.product !== undefined || more.new !== undefined) &&
    more.product?.passed !== false;
  if (!isCompared || (report?.tests.length ?? 0) > 0) return [];
  return [
    {
      weight: 'tells',
      kind: 'no_report',
      text: `The runner of \`${command}\` names no test, so it is not known which tests of the base still run.`,
      files: [],
      tests: [],
    },
  ];
}

/** What the change had to alter of its evidence to be green. */
function judgeNeeded({ kind, command, change, more }: CheckRuns, { explained, asked }: Shown): Finding[] {
  const { again } = more;
  const product = [more.product, more.unknown].find((run) => run !== undefined && !run?.passed);
  if (product === undefined) return [];
  const isTest = kind === 'test' || kind === 'contract';
  const last = more.explained ?? product;
  const isStill =
    more.explained === undefined ? product === null || !product.passed : !more.explained?.passed;
  const why = explained.filter(({ as }) => as !== null && (isTest || as === 'asked' || as === 'lock'));
  // No test failed: the command asks for more of them, such as a share of lines that they reach.
  const isOnlyMore =
    isTest && last?.report?.isComplete === true && total(last.report) > 0 && failedIn(last).length === 0;
  // The base is red with it: it lets less through.
  const isStricter = ({ holdsLess }: Explained) => holdsLess === true && more.new?.passed === false;
  const unexplained = explained.filter((one) => {
    const { as, file } = one;
    if (isTest) return as === null && !(isOnlyMore && file.role === 'test' && file.file.status === 'added');
    if (isStricter(one)) return false;
    return (
      (as !== 'asked' && as !== 'lock' && !['test', 'helper'].includes(file.role)) ||
      (file.part === 'unknown' && as !== 'asked')
    );
  });
  // What fails on the change too has failed before, or the change would not be judged. If no test is named, nothing is known.
  const redNow = new Set(failedIn(change).map(keyOf));
  const isOldRed = !change.passed && failedIn(last).every((test) => redNow.has(keyOf(test)));
  const mayFail = [...asked.skips, ...asked.removes];
  const isAskedRed =
    failedIn(last).length > 0 && failedIn(last).every(({ name }) => isNameAsked(name, mayFail));
  if (isStill && unexplained.length > 0 && !again?.passed && !isOldRed && !isAskedRed) {
    const files = needed(unexplained, failedIn(last));
    return [
      {
        weight: 'refuses',
        kind:
          isTest && files.some(({ file }) => ['test', 'helper', 'source', 'data'].includes(file.role))
            ? 'green_only_by_its_tests'
            : 'green_only_by_its_configuration',
        text: `\`${command}\` passes only with the tests and settings of the change, and fails with those of the base${named(failedIn(last).slice(0, 20))}. The product does not explain why these changed: ${files
          .map(({ file, because }) => `${file.file.path} ${because}`)
          .slice(0, 12)
          .join('; ')}. Change the product, and restore ${files.length === 1 ? 'it' : 'them'}.`,
        files: files.map(({ file }) => file.file.path),
        tests: namesOf(failedIn(last)),
      },
    ];
  }
  if (why.length === 0) return [];
  const mayChange = asked.tests === 'may_change';
  if (
    isTest &&
    !mayChange &&
    more.new?.passed &&
    !why.some(({ as }) => as === 'asked' || as === 'lock' || as === 'removed')
  )
    return [
      {
        weight: 'refuses',
        kind: 'green_only_by_its_tests',
        text: `\`${command}\` fails with the tests of the base${named(failedIn(product).slice(0, 20))}. The tests of the change pass on the base too, so they do not test what the change does. Restore them.`,
        files: why.map(({ file }) => file.file.path),
        tests: namesOf(failedIn(product)),
      },
    ];
  const vanished =
    isTest && !mayChange
      ? vanishedFrom(
          change,
          failedIn(product).filter((test) => isTestOf(more.base, test)),
          { why, removes: asked.removes },
        )
      : [];
  if (vanished.length > 0)
    return [
      {
        weight: 'refuses',
        kind: 'test_lost',
        text: `${these(vanished)} of the base ${vanished.length === 1 ? 'fails' : 'fail'} on the product of the change, and no longer ${vanished.length === 1 ? 'runs' : 'run'}${named(vanished)}. Restore ${vanished.length === 1 ? 'it' : 'them'}.`,
        files: filesOf(vanished),
        tests: namesOf(vanished),
      },
    ];
  return [
    {
      weight: 'tells',
      kind: 'test_changed',
      text: `\`${command}\` passes with tests or settings that follow the change: ${why
        .map(({ file, because }) => `${file.file.path} ${because}`)
        .slice(0, 12)
        .join('; ')}.`,
      files: why.map(({ file }) => file.file.path),
      tests: namesOf(failedIn(product)),
    },
  ];
}

/** What stands for a file or a package that cannot be loaded is no test. */
const isTestOf = (base: CheckRun | null | undefined, { name }: ReportedTest) =>
  base?.report?.tests.some((test) => test.name === name) ?? true;

/** Tests that fail on the product, and that neither ran on the change nor went with what is gone. */
function vanishedFrom(
  change: CheckRun,
  red: readonly ReportedTest[],
  { why, removes }: { why: readonly Explained[]; removes: readonly string[] },
): ReportedTest[] {
  if (change.report === null || change.report.tests.length === 0) return [];
  const removed = new Set(
    why.filter(({ as }) => as === 'removed' || as === 'asked').map(({ file }) => file.file.path),
  );
  return red.filter(
    (test) =>
      test.name !== '' &&
      !isNameAsked(test.name, removes) &&
      !runsStill(test, change.report?.tests ?? [], why) &&
      !(test.file === null ? removed.size > 0 : removed.has(test.file)),
  );
}

/** The title of a test that has none but that of its case. */
const onlyACase = /^(?:\$\{[^}]*\}|%[a-zA-Z#$]|\$[\w.]+|\{[^}]*\})$/;

/** Under its name, or under the one that its source has now. */
function runsStill(
  test: ReportedTest,
  now: readonly ReportedTest[],
  explained: readonly Explained[],
): boolean {
  const passed = now.filter(({ result }) => result === 'passed');
  if (passed.some(({ name }) => name === test.name)) return true;
  const title = titleOf(test.name);
  return explained.some(({ titles = [] }) =>
    titles.some(
      ([before, since]) =>
        [title, ...test.name.split(/ > |::|\//)].some((each) => isTitle(before, each)) &&
        passed.some(({ name }) =>
          [titleOf(name), ...name.split(/ > |::|\//)].some(
            (each) => onlyACase.test(since) || isTitle(since, each),
          ),
        ),
    ),
  );
}

/** Those that hold what is red, if the runner says where it stands. */
function needed(unexplained: readonly Explained[], red: readonly ReportedTest[]): readonly Explained[] {
  const paths = new Set(red.flatMap(({ file }) => file ?? []));
  const own = unexplained.filter(
    ({ file }) => paths.has(file.file.path) || paths.has(file.file.oldPath ?? ''),
  );
  return own.length > 0 ? own : unexplained;
}

/** Tests of the base that the change no longer has: the product passes them, so people are told. */
function judgeChanges(
  { kind, command, change, more }: CheckRuns,
  { asked, sorted, explained }: Shown,
): Finding[] {
  if (kind !== 'test') return [];
  const before = [more.base?.report, more.product?.report]
    .filter((report) => report !== null && report !== undefined)
    .sort((a, b) => total(b) - total(a))[0];
  if (!before) return [];
  const now = change.report ?? noTests;
  // A runner that names only what fails names nothing where all is green, on the base too.
  const isHabit = more.base?.passed === true && (more.base.report?.tests.length ?? 0) === 0;
  if (now.tests.length === 0 && before.source === 'output' && isHabit) return [];
  const changes = compareTests(
    before,
    now,
    sorted.map(({ file }) => file),
  );
  const findings: Finding[] = [];
  const mayChange = asked.tests === 'may_change';
  const weigh = (tests: readonly ReportedTest[], isTold: (test: ReportedTest) => boolean) =>
    split(tests, (test) => mayChange || isTold(test));
  const sub = (test: ReportedTest) =>
    test.name
      .split(/ > |\//)
      .slice(0, -1)
      .join(' > ');
  const cases = (tests: readonly ReportedTest[], around: string) =>
    tests.filter((each) => around !== '' && sub(each) === around).length;
  const isGone = (test: ReportedTest) =>
    isNameAsked(test.name, asked.removes) ||
    explained.some(
      ({ as, file }) =>
        as === 'removed' && (test.file === null || [file.file.path, file.file.oldPath].includes(test.file)),
    ) ||
    (runsStill(test, now.tests, explained) &&
      (test.name.split(/ > |\//).length < 2 ||
        cases(now.tests, sub(test)) >= cases(before.tests, sub(test)) ||
        isWritten(test, explained)));
  for (const [weight, tests] of weigh(changes.lost, isGone))
    findings.push({
      weight,
      kind: 'test_lost',
      text: `${these(tests)} of the base no longer ${tests.length === 1 ? 'runs' : 'run'} in \`${command}\`${named(tests)}.${weight === 'refuses' ? ` Restore ${tests.length === 1 ? 'it' : 'them'}.` : ''}`,
      files: filesOf(tests),
      tests: namesOf(tests),
    });
  for (const [weight, tests] of weigh(changes.skipped, ({ name }) => isNameAsked(name, asked.skips)))
    findings.push({
      weight,
      kind: 'test_skipped',
      text: `${these(tests)} ran before and ${tests.length === 1 ? 'is' : 'are'} skipped now${weight === 'tells' ? ', as was asked' : ''}${named(tests)}.`,
      files: filesOf(tests),
      tests: namesOf(tests),
    });
  if (changes.fewerCases.length > 0) {
    const titles = new Set(
      [...lostTitles(explained, 'fewer'), ...lostTitles(explained, 'lost')].map(withoutNumbers),
    );
    const isTold =
      mayChange ||
      changes.fewerCases.every(
        ({ name, file }) =>
          isNameAsked(`${file ?? ''} ${name}`, asked.removes) ||
          ![...titles].some((title) => withoutNumbers(titleOf(name)).startsWith(caselessTitle(title))),
      );
    findings.push({
      weight: isTold ? 'tells' : 'refuses',
      kind: 'fewer_cases',
      text: `Fewer cases run than before: ${changes.fewerCases
        .slice(0, 20)
        .map(({ name, before: then, now: left }) => `${name} (${then}, now ${left})`)
        .join('; ')}.`,
      files: [...new Set(changes.fewerCases.flatMap(({ file }) => file ?? []))],
      tests: changes.fewerCases.map(({ name }) => name),
    });
  }
  if (changes.missing > 0)
    findings.push({
      weight: 'refuses',
      kind: 'test_lost',
      text: `\`${command}\` runs ${count(changes.missing, 'test')} fewer than with the base's tests; its runner does not name them.`,
      files: [],
      tests: [],
    });
  return findings;
}

const lostTitles = (explained: readonly Explained[], which: 'lost' | 'fewer') =>
  new Set(explained.flatMap((each) => each[which] ?? []));

const withoutNumbers = (title: string) => title.replace(/-?\d+(?:\.\d+)?/g, '#');

const caselessTitle = (title: string) => title.split(/[$%{]/)[0]?.trim() ?? title;

/** Its own title stands in the sources; otherwise it is a case of one whose title does. */
const isWritten = (test: ReportedTest, explained: readonly Explained[]) =>
  explained.some(({ titles = [] }) => titles.some(([before]) => isTitle(before, titleOf(test.name))));
