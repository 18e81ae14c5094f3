// What is red with the base's judging files over the change: the change altered what judges it, or the task asked to
// (R-GREEN-1, R-GREEN-8). Pure.
import type { Finding, FindingWeight } from '../domain/work-order/finding.ts';
import {
  asksTheCode,
  forgetsError,
  hasFewerAssertions,
  isAdapted,
  isBent,
  isGuarded,
  isHollowed,
  isInChangedTable,
  keepsAssertions,
  keepsValues,
  readsChangedData,
  subjectsOf,
  usesAdaptedSetup,
} from './adapted-tests.ts';
import {
  changesProduct,
  declaredNames,
  isChanged,
  isConfigurationAsked,
  isManifest,
  isRemovalAsked,
  isReplacementAsked,
  looksAwayIn,
  speaksOf,
  stemOf,
} from './asked-changes.ts';
import type { DiffReading } from './diff/read-diff.ts';
import { filesOf, listed, named, namesOf, split, these } from './finding-words.ts';
import type { JudgedCheck } from './judge-change.ts';
import { judgingKind } from './judging-files.ts';
import { isKept } from './kept-tests.ts';
import type { ReportedTest } from './test-report.ts';

/** What is red with the base's judging files is green only because the change altered them. */
export function judgeOver(check: JudgedCheck, { files, task, reached }: DiffReading): Finding[] {
  const { over, base, kind } = check;
  if (!over || over.passed) return [];
  const judging = files.filter(({ path }) => judgingKind(path) !== null || isManifest(path));
  const paths = judging.map(({ path }) => path);
  if (kind !== 'test') {
    const read = files
      .map(({ path }) => path)
      .filter((path) => reached.has(path) && judgingKind(path) === null);
    return [overConfiguration(check, [...new Set([...paths, ...read])], { files, task, read })];
  }
  const failed = over.report?.tests.filter(({ result }) => result === 'failed') ?? [];
  const known = new Set(
    [...(check.change.report?.tests ?? []), ...(base?.report?.tests ?? [])].map(({ name }) => name),
  );
  // What stands for a file or a package that cannot be loaded is no test.
  const isTest = ({ name }: ReportedTest) => name !== '' && (!base || known.has(name));
  const red = failed.filter(isTest);
  // A file that cannot be loaded, or a run that ended before its tests.
  const isUnfit = failed.length > red.length || failed.length === 0;
  const redBefore = base?.report?.tests.filter(({ result }) => result === 'failed') ?? [];
  const weighed = weighRed(check, red, { files, task });
  return [
    ...(isUnfit ? [unfit(check, paths, redBefore, { files, task })] : []),
    ...weighed.map(([weight, tests]) => overTests(weight, tests, paths)),
  ];
}

/** Tests that are red with the base's judging files: told, if the task asks for what they no longer find. */
function weighRed(
  { base, newOnBase }: JudgedCheck,
  red: readonly ReportedTest[],
  { files, task }: Pick<DiffReading, 'files' | 'task'>,
): Array<[FindingWeight, ReportedTest[]]> {
  const isRedBefore = base !== undefined && base !== null && !base.passed;
  const redBefore = new Set(
    base?.report?.tests.flatMap(({ result, name }) => (result === 'failed' ? name : [])),
  );
  const wasRed = ({ name }: ReportedTest) => redBefore.has(name) || (isRedBefore && base?.report === null);
  // All tests of the change pass without it, so the new form of this one shows nothing of what the change is for.
  const isUnwitnessed = newOnBase?.passed === true;
  const isLoosened = (test: ReportedTest) =>
    isHollowed(test, files) ||
    isGuarded(test, files) ||
    asksTheCode(test, files) ||
    (!task.asksToChangeTests &&
      ((forgetsError(test, files) && !task.asksToTolerate) ||
        (hasFewerAssertions(test, files) && !isRemovalAsked(test, files, task))));
  // The task says whose tests it means.
  const meant = [...declaredNames(files)].filter((name) => task.asksToChangeTestsOf([name]));
  const isOfOthers = (test: ReportedTest) =>
    meant.length > 0 && !subjectsOf(test, files).some((name) => meant.includes(name));
  const isAsked = (test: ReportedTest) => {
    if (isLoosened(test)) return false;
    if (wasRed(test) && !changesProduct(files) && !isChanged(test, files)) return false;
    if (task.asksToChangeTests && speaksOf(test, files, task) && !(wasRed(test) && isOfOthers(test)))
      return true;
    if (isAdapted(test, files, task)) return true;
    if (wasRed(test)) return false;
    if (isRemovalAsked(test, files, task) || isKept(test, files, task)) return true;
    if (!changesProduct(files) || (isUnwitnessed && isChanged(test, files))) return false;
    return task.keepsBehaviour
      ? isChanged(test, files) && speaksOf(test, files, task)
      : isChanged(test, files) ||
          isInChangedTable(test, files) ||
          usesAdaptedSetup(test, files) ||
          readsChangedData(test, files, task);
  };
  const subjectsAsked = red.filter(isAsked).map((test) => subjectsOf(test, files));
  // Tests of the same functions, of which one is asked for.
  const isBeside = (test: ReportedTest) => {
    const subjects = subjectsOf(test, files);
    return (
      !wasRed(test) &&
      !isLoosened(test) &&
      subjects.length > 0 &&
      isChanged(test, files) &&
      subjectsAsked.some((asked) => subjects.every((name) => asked.includes(name)))
    );
  };
  return split(red, (test) => isAsked(test) || isBeside(test));
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
    task.asksToChangeTests || isConfigurationAsked(paths, { files, task }) || isReplacementAsked(files, task);
  // The files themselves say whether they demand as much.
  const tests = files.filter(({ path }) => judgingKind(path) === 'test');
  const isSame = tests.every((file) => file.before === null || keepsValues(file, 1));
  const isOfBehaviour =
    !isUnknownRed &&
    (isSame || !task.keepsBehaviour) &&
    changesProduct(files) &&
    keepsAssertions(files) &&
    paths.every((path) => judgingKind(path) === 'test') &&
    !files.some(({ path }) => isManifest(path) || /(?:^|\/)go\.(?:mod|work)$/.test(path));
  const isHonest =
    (isAsked || isOfBehaviour) && bent.length === 0 && (!isUnknownRed || task.asksToChangeTests);
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

function overConfiguration(
  { command }: JudgedCheck,
  paths: readonly string[],
  { files, task, read }: Pick<DiffReading, 'files' | 'task'> & { read: readonly string[] },
): Finding {
  const isAsked =
    isConfigurationAsked(paths, { files, task }) ||
    task.asksForSuppression ||
    (read.length > 0 && read.every((path) => task.speaksOf([stemOf(path)])) && !looksAwayIn(paths, files));
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
