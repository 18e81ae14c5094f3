// From the runs of the checks and the diff to what is found about a change (R-GREEN-1). Pure.
import type { CheckKind } from '../domain/check.ts';
import type { Finding, FindingKind, FindingWeight } from '../domain/finding.ts';
import type { ChangedFile } from './changed-file.ts';
import { compareTests, type TestChanges } from './compare-tests.ts';
import { type DiffReading, readDiff } from './diff/read-diff.ts';
import { judgingKind } from './judging-files.ts';
import { noTestAdded } from './no-test-added.ts';
import type { Task } from './task.ts';
import { noCounts, type ReportedTest, type TestReport } from './test-report.ts';
import { assertionsIn, marksOf, testBlock, titleOf } from './test-source.ts';

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
  { command }: JudgedCheck,
  changes: TestChanges,
  { files, task }: DiffReading,
): Finding[] {
  const findings: Finding[] = [];
  const lost = split(changes.lost, (test) => isRemovalAsked(test, files, task));
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
      task.asksToRemoveTests || (task.asksToRemove(files.map(({ path }) => path)) && removesProduct(files));
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

/** What is red with the base's judging files is green only because the change altered them. */
function judgeOver(check: JudgedCheck, { files, task }: DiffReading): Finding[] {
  const { over, base, kind } = check;
  if (!over || over.passed) return [];
  const judging = files.filter(({ path }) => judgingKind(path) !== null || isManifest(path));
  const paths = judging.map(({ path }) => path);
  if (kind !== 'test') return [overConfiguration(check, paths, task)];
  const isRedBefore = base !== undefined && base !== null && !base.passed;
  const failed = over.report?.tests.filter(({ result }) => result === 'failed') ?? [];
  const known = [...(check.change.report?.tests ?? []), ...(base?.report?.tests ?? [])].map(
    ({ name }) => name,
  );
  // What stands for a file or a package that cannot be loaded is no test.
  const isTest = ({ name }: ReportedTest) =>
    name !== '' && (base === undefined || base === null || known.includes(name));
  const red = failed.filter(isTest);
  // A file that cannot be loaded, or a run that ended before its tests.
  const isUnfit = failed.length > red.length || failed.length === 0;
  const redBefore = base?.report?.tests.filter(({ result }) => result === 'failed') ?? [];
  const namesBefore = new Set(redBefore.map(({ name }) => name));
  const weighed = split(red, (test) => {
    const wasRed = namesBefore.has(test.name) || (isRedBefore && base?.report === null);
    if (task.asksToChangeTests && speaksOf(test, files, task)) return true;
    if (wasRed) return false;
    if (task.asksForSnapshots && paths.some((path) => /snap|golden|approved/i.test(path))) return true;
    const isGone = isRemovalAsked(test, files, task);
    return isGone || (isChanged(test, files) && changesProduct(files) && speaksOf(test, files, task));
  });
  return [
    ...(isUnfit ? [unfit(check, paths, redBefore, { files, task })] : []),
    ...weighed.map(([weight, tests]) => overTests(weight, tests, paths)),
  ];
}

function overTests(weight: FindingWeight, tests: readonly ReportedTest[], paths: readonly string[]): Finding {
  const [it, fails] = tests.length === 1 ? ['it', 'fails'] : ['them', 'fail'];
  return {
    weight,
    kind: weight === 'refuses' ? 'green_only_by_its_tests' : 'test_changed',
    text:
      weight === 'refuses'
        ? `${these(tests)} of the base ${fails} on the change, which is green only because it alters ${it}, or what runs ${it}${named(tests)}. Change the product, and restore the tests.`
        : `Expectations were changed with the behaviour that the task changes${named(tests)}.`,
    files: filesOf(tests).length > 0 ? filesOf(tests) : [...paths],
    tests: namesOf(tests),
  };
}

/** The base's tests cannot run on the change: right, if the task asks to change what they use. */
function unfit(
  { command, over, base }: JudgedCheck,
  paths: readonly string[],
  redBefore: readonly ReportedTest[],
  { files, task }: Pick<DiffReading, 'files' | 'task'>,
): Finding {
  const ranOver = new Set(over?.report?.tests.map(({ name }) => name));
  const bent = redBefore.filter((test) => !ranOver.has(test.name) && isBent(test, files));
  const isUnknownRed = base !== undefined && base !== null && !base.passed && redBefore.length === 0;
  const isAsked =
    task.asksToChangeTests || isConfigurationAsked(paths, task) || isReplacementAsked(files, task);
  const isHonest = isAsked && bent.length === 0 && (!isUnknownRed || task.asksToChangeTests);
  return {
    weight: isHonest ? 'tells' : 'refuses',
    kind: 'green_only_by_its_tests',
    text: isHonest
      ? `The tests of the base cannot run on the change with \`${command}\`: the task asks to change what they use.`
      : `\`${command}\` is green only with the tests and configuration that the change alters (${listed(paths)}): with those of the base it fails${named(bent)}.`,
    files: [...paths],
    tests: namesOf(bent),
  };
}

/** A test that was red, and now looks for other values or for less. */
function isBent(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = files.flatMap((file) => (file.after ? (testBlock(file.after, test.name) ?? []) : []))[0];
  if (before === null) return false;
  if (after === undefined) return true;
  const values = (block: string) =>
    [...marksOf(block)]
      .filter((mark) => /^["\d-]/.test(mark))
      .sort()
      .join('\n');
  return values(before) !== values(after) || assertionsIn(after) < assertionsIn(before);
}

function overConfiguration({ command }: JudgedCheck, paths: readonly string[], task: Task): Finding {
  const isAsked = isConfigurationAsked(paths, task) || task.asksForSuppression;
  return {
    weight: isAsked ? 'tells' : 'refuses',
    kind: 'green_only_by_its_configuration',
    text: isAsked
      ? `\`${command}\` passes with the configuration that the task asks to change, and fails with that of the base (${listed(paths)}).`
      : `\`${command}\` is green only because the change alters what configures it (${listed(paths)}): with that of the base it fails.`,
    files: [...paths],
    tests: [],
  };
}

/** Tests that the change adds and that do not need it prove nothing (R-GREEN-4). */
function judgeNew(
  { change, newOnBase, over }: JudgedCheck,
  changes: TestChanges | null,
  { task }: DiffReading,
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
  const isRefused = task.asksForTest && isAllGreen;
  return [
    {
      weight: isRefused ? 'refuses' : 'tells',
      kind: 'never_red',
      text: isRefused
        ? `The task asks for a test, and each test that the change adds passes without the change too${named(neverRed)}. At least one must fail without it.`
        : `${neverRed.length === 0 ? 'The added tests pass' : `${these(neverRed)} ${neverRed.length === 1 ? 'passes' : 'pass'}`} without the change too, so ${neverRed.length === 1 ? 'it proves' : 'they prove'} nothing about it${named(neverRed)}.`,
      files: filesOf(neverRed),
      tests: namesOf(neverRed),
    },
  ];
}

const isManifest = (path: string) =>
  /(?:^|\/)(?:package\.json|pyproject\.toml|Cargo\.toml|pom\.xml)$/.test(path);

function isConfigurationAsked(paths: readonly string[], task: Task): boolean {
  const configuration = paths.filter(
    (path) => judgingKind(path) === 'configuration' || isManifest(path) || judgingKind(path) === 'setup',
  );
  return configuration.length > 0 && configuration.every((path) => task.asksForConfiguration(path));
}

/** Names of the product that the change removes, and that the task names. */
function isReplacementAsked(files: readonly ChangedFile[], task: Task): boolean {
  const gone = removedNames(files);
  return gone.length > 0 && task.speaksOf(gone);
}

function isRemovalAsked(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const names = [test.name, stemOf(test.file ?? '')];
  if (task.asksToRemoveTests && task.asksToRemove(names)) return true;
  const gone = removedNames(files);
  if (!task.asksToRemove([...names, ...gone])) return false;
  const block = blockOf(test, files);
  const marks = block === null ? new Set<string>() : marksOf(block);
  const usesGone = gone.some((name) => marks.has(name) || block?.includes(name));
  const isOfGoneFile = files.some(
    ({ path, status }) =>
      status === 'deleted' &&
      judgingKind(path) === null &&
      stemOf(path) !== '' &&
      stemOf(test.file ?? '') === stemOf(path),
  );
  return usesGone || isOfGoneFile;
}

const declares =
  /\b(?:function|class|const|let|var|def|fn|func(?:\s*\([^)]*\))?|struct|enum|trait|interface|type|void|public|static)\s+\*?([A-Za-z_]\w+)|^\s*(?:async\s+)?([A-Za-z_]\w+)(?:<[^>\n]*>)?\s*\([^)]*\)\s*(?::[^{]+)?\{|["'](--?[\w-]{2,})["']|^\s*["']?([A-Za-z_][\w-]{2,})["']?\s*:/gm;

/** Names that the product declared before, and nowhere after. */
function removedNames(files: readonly ChangedFile[]): string[] {
  const product = files.filter(({ path }) => judgingKind(path) === null);
  const of = (texts: Array<string | null>) =>
    new Set(
      texts.flatMap((text) =>
        [...(text ?? '').matchAll(declares)].flatMap((match) => match.slice(1).find(Boolean) ?? []),
      ),
    );
  const now = of(product.map(({ after }) => after));
  return [...of(product.map(({ before }) => before))].filter((name) => !now.has(name));
}

function removesProduct(files: readonly ChangedFile[]): boolean {
  return removedNames(files).length > 0;
}

function changesProduct(files: readonly ChangedFile[]): boolean {
  return files.some(({ path }) => judgingKind(path) === null);
}

function blockOf(test: ReportedTest, files: readonly ChangedFile[]): string | null {
  for (const { before } of files) {
    const block = before === null ? null : testBlock(before, test.name);
    if (block !== null) return block;
  }
  return null;
}

/** Whether the change altered the source of this test. */
function isChanged(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const block = blockOf(test, files);
  return block !== null && !files.some(({ after }) => after?.includes(block));
}

function speaksOf(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const block = blockOf(test, files);
  const called = block === null ? [] : [...marksOf(block)].filter((mark) => !mark.startsWith('"'));
  return task.speaksOf([titleOf(test.name), stemOf(test.file ?? ''), ...called]);
}

function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? '')
    .replace(/\.[^.]+$/, '')
    .replace(/[._-]?(?:test|spec|tests)$|^test_/i, '');
}

const namedMax = 20;

function split(
  tests: readonly ReportedTest[],
  isTold: (test: ReportedTest) => boolean,
): Array<[FindingWeight, ReportedTest[]]> {
  const refused = tests.filter((test) => !isTold(test));
  const told = tests.filter((test) => !refused.includes(test));
  const both: Array<[FindingWeight, ReportedTest[]]> = [
    ['refuses', refused],
    ['tells', told],
  ];
  return both.filter(([, each]) => each.length > 0);
}

function refusal(kind: FindingKind, text: string, tests: readonly ReportedTest[] = []): Finding {
  return { weight: 'refuses', kind, text, files: filesOf(tests), tests: namesOf(tests) };
}

const filesOf = (tests: readonly ReportedTest[]) => [...new Set(tests.flatMap(({ file }) => file ?? []))];
const namesOf = (tests: readonly ReportedTest[]) => tests.map(({ name }) => name);
const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
const these = (tests: readonly ReportedTest[]) =>
  tests.length === 1 ? 'This test' : `These ${tests.length} tests`;
const listed = (paths: readonly string[]) => paths.slice(0, namedMax).join(', ') || 'no file by name';

function named(tests: readonly ReportedTest[]): string {
  if (tests.length === 0) return '';
  const names = tests.slice(0, namedMax).map(({ file, name }) => (file ? `${file} > ${name}` : name));
  const more = tests.length > namedMax ? ` and ${tests.length - namedMax} more` : '';
  return `: ${names.join('; ')}${more}`;
}
