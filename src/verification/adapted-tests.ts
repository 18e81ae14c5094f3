// Whether a test that was changed still demands what it demanded (R-GREEN-8). Pure, and by text.
import { blockOf, changedSignatures, declaredNames, freshNames, isChanged } from './asked-changes.ts';
import { type ChangedFile, removedLines } from './changed-file.ts';
import { isTestData, judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import type { ReportedTest } from './test-report.ts';
import { assertionsIn, marksOf, opensTests, testBlock, withoutComments } from './test-source.ts';

/** A report may be forged, with any number of names. */
const searchedMax = 2_000;

/** Words and signs that decide what a test demands, and whether it comes to demand it. */
const deciding =
  /[!=]==?|[<>]=?|&&|\|\||(?<![\w"'`])[!?](?!\w*["'`])|\b(?:not|no|if|unless|return|try|catch|except|rescue|or|and|to[A-Z]\w*|assert\w*|ok|\w*[eE]quals?|match\w*|skip\w*|todo|xfail|fails?|failing|mock\w*|stub\w*|spy\w*|patch\w*|resolves|rejects|raises|throws|void|any|anything)\b/g;

const decidingIn = (block: string) =>
  [
    ...withoutComments(block)
      .replace(/=>|->|<[\w, ]+>/g, ' ')
      .matchAll(deciding),
  ]
    .map(([word]) => word)
    .sort()
    .join(' ');

const valuesIn = (block: string) =>
  [...marksOf(block)]
    .filter((mark) => /^["\d-]/.test(mark))
    .sort()
    .join('\n');

function afterOf(test: ReportedTest, files: readonly ChangedFile[]): string | undefined {
  return files.flatMap((file) => (file.after ? (testBlock(file.after, test.name) ?? []) : []))[0];
}

/** It now looks for other values, or for less, or in another way. */
export function isBent(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  if (before === null) return false;
  const after = afterOf(test, files);
  if (after === undefined) return true;
  return (
    valuesIn(before) !== valuesIn(after) ||
    assertionsIn(after) < assertionsIn(before) ||
    decidingIn(before) !== decidingIn(after)
  );
}

/** It only calls otherwise what the task asks to declare otherwise. */
export function isAdapted(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const before = blockOf(test, files);
  if (before === null) return false;
  if (callsFresh(before, afterOf(test, files), files, task)) return true;
  if (isBent(test, files)) return false;
  const called = marksOf(before);
  return changedSignatures(files).some((name) => called.has(name) && task.speaksOf([name]));
}

/** It demands the same, and newly calls what the task asks for by its name. */
function callsFresh(
  before: string,
  after: string | undefined,
  files: readonly ChangedFile[],
  task: Task,
): boolean {
  if (after === undefined || decidingIn(before) !== decidingIn(after)) return false;
  const [known, marks] = [marksOf(before), marksOf(after)];
  return (
    [...known].every((mark) => marks.has(mark)) &&
    assertionsIn(after) >= assertionsIn(before) &&
    freshNames(files).some((name) => marks.has(name) && !known.has(name) && task.hasValue(name))
  );
}

const comparing =
  /\b(?:toBe|toEqual|toStrictEqual|toMatchObject|toHaveBeenCalledWith|toHaveLength|toHaveBeenCalledTimes|toContain)\((?!\))|\b(?:deep)?(?:[sS]trict)?[eE]qual\(|\bdeepStrictEqual\(|\bassert(?:_eq|Equals?|Is|In)\w*!?\(|\bassert\b[^\n]*[^!<>=]==[^=]/g;
const vague =
  /\btoBe(?:Defined|Truthy)\(\)|\.not\.toBe(?:Null|Undefined|Falsy|NaN)\(|\.not\.toThrow\(\)|\bexpect\.any(?:thing)?\(|\btoBeGreaterThan(?:OrEqual)?\(\s*-?[01]\s*\)|\bis not None\b|\bassert(?:\.ok)?\(\s*[\w.]+\s*(?:,[^()]*)?\)|\bassertIsNotNone\(|\bassertTrue\(\s*(?:True|[\w.]+)\s*\)|\bassert\s+[\w.]+(?:\([^()\n]*\))?\s*$|\b(?:is_some|is_ok)\(\)/gm;

/** Compares with a distance. */
const tolerant =
  /\babs\([^\n]*[<>]|\bMath\.abs\(|\bapprox\(|\bisclose\(|\btoBeCloseTo\(|\bassertAlmostEqual\(|\bassert(?:Less|Greater)\w*\(|\bInDelta\(|\btoBe(?:Less|Greater)Than\w*\(/g;

/** It compared, and where it did it now only asks whether something is there. */
export function isHollowed(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const [then, now] = [withoutComments(before), withoutComments(after)];
  const of = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].length;
  const isVaguer = of(vague, now) > of(vague, then) || of(tolerant, now) > of(tolerant, then);
  return of(comparing, now) < of(comparing, then) && isVaguer;
}

const guards =
  /^\s*(?:if\b[^\n]*[)\s:{]\s*)?return\s*(?:None|null|undefined)?\s*;?\s*\}?$|\b(?:try|catch|except|rescue|recover)\b/gm;

/** It may end now before it compares, or forgives what it meets. */
export function isGuarded(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const of = (text: string) => [...withoutComments(text).matchAll(guards)].length;
  return of(after) > of(before);
}

/** What it compared with a value of its own, it now compares with what the product gives. */
export function asksTheCode(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const [then, now] = [before, after].map((text) => withoutComments(text));
  const literals = (text = '') => [...marksOf(text)].filter((mark) => /^["\d-]/.test(mark)).length;
  const calls = (text = '') => [...marksOf(text)].filter((mark) => !/^["\d-]/.test(mark));
  const known = new Set(calls(then));
  return (
    literals(now) < literals(then) &&
    calls(now).some((name) => !known.has(name)) &&
    assertionsIn(now ?? '') <= assertionsIn(then ?? '')
  );
}

const repeats = /\bfor\b|\beach\b|\bparametri[sz]e\b|\bforEach\b|\brange\b|\bmap\(/;

/** It has fewer assertions, and neither a table nor another test of its file has them instead. */
export function hasFewerAssertions(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const file = files.find((each) => each.path === test.file);
  const isElsewhere =
    file !== undefined &&
    assertionsIn(file.after ?? '') >= assertionsIn(file.before ?? '') &&
    keepsValues(file);
  return (
    assertionsIn(after) < assertionsIn(before) &&
    (repeats.test(before) || !repeats.test(after)) &&
    !isElsewhere
  );
}

/** Nearly each value that the file's tests name is still named in it. */
export function keepsValues({ before, after }: ChangedFile, share = keptShare): boolean {
  const values = (text: string) => [...marksOf(text)].filter((mark) => /^["\d-]/.test(mark));
  const now = new Set(values(after ?? ''));
  const then = values(before ?? '');
  return then.filter((value) => now.has(value)).length >= then.length * share;
}

const keptShare = 0.8;

/** No file of tests has fewer assertions than before, or decides in another way; what only runs tests is as it was. */
export function keepsAssertions(files: readonly ChangedFile[]): boolean {
  return files
    .filter(({ path }) => ['test', 'setup'].includes(judgingKind(path) ?? '') && !isTestData(path))
    .every(
      ({ before, after }) =>
        before === null ||
        (after !== null &&
          assertionsIn(before) > 0 &&
          assertionsIn(after) >= assertionsIn(before) &&
          includesAll(decidingIn(after), decidingIn(before))),
    );
}

/** Both are words with blanks between. */
function includesAll(all: string, some: string): boolean {
  const left = all.split(' ');
  return some.split(' ').every((word) => {
    const at = left.indexOf(word);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

/** Its title is made at run time, and only rows with values were changed in its file. */
export function isInChangedTable(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  if (blockOf(test, files)?.includes('\n')) return false;
  const own = files.filter(
    ({ path, after, before }) => path === test.file && before !== null && after !== null,
  );
  return own.length > 0 && keepsAssertions(own) && own.every((file) => removedLines(file).every(isRow));
}

/** A row of a table has values, and decides nothing. */
const isRow = (line: string) => /\d|["'`]/.test(line) && assertionsIn(line) === 0 && decidingIn(line) === '';

/** It stands as it was, and a helper gives what it uses in another form: the helper decides nothing else, and names the same. */
export function usesAdaptedSetup(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  if (blockOf(test, files) === null || isChanged(test, files)) return false;
  const helpers = files.filter(
    ({ path, before, after }) =>
      ['test', 'setup'].includes(judgingKind(path) ?? '') &&
      !isTestData(path) &&
      opensTests(before) + opensTests(after) === 0,
  );
  return (
    helpers.length > 0 &&
    helpers.every(
      (file) =>
        file.before !== null &&
        file.after !== null &&
        decidingIn(file.before) === decidingIn(file.after) &&
        assertionsIn(file.before) === assertionsIn(file.after) &&
        keepsValues(file, 1),
    )
  );
}

/** It stands as it was, and the change alters data of tests, with a result that the task states, if it states any. */
export function readsChangedData(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  if (isChanged(test, files)) return false;
  const data = files.filter(
    ({ path, before, after }) => isTestData(path) && before !== null && after !== null,
  );
  const { statedNumbers } = task;
  const isStated =
    statedNumbers.length === 0 ||
    data.some(({ after }) => statedNumbers.some((each) => after?.includes(each)));
  return data.length > 0 && isStated;
}

const expectsError =
  /\b(?:raises|assertRaises\w*|toThrow\w*|throws|rejects|should_panic|assertThrows\w*|expectException)\b/g;

/** It demanded an error, and neither it nor another test of its file demands one instead. */
export function forgetsError(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const count = (text: string) => [...text.matchAll(expectsError)].length;
  const isElsewhere = files.some(
    (file) =>
      file.path === test.file &&
      count(file.before ?? '') > 0 &&
      count(file.after ?? '') >= count(file.before ?? ''),
  );
  return count(before) > 0 && count(after) === 0 && !isElsewhere;
}

/** What of the changed product a test calls. */
export function subjectsOf(test: ReportedTest, files: readonly ChangedFile[]): string[] {
  const before = blockOf(test, files);
  if (before === null) return [];
  const declared = declaredNames(files);
  return [...marksOf(before)].filter((mark) => declared.has(mark));
}

/** Lost tests in whose place another one stands: it calls the same, with as many assertions, and expects something else. */
export function withoutSuccessors(
  lost: readonly ReportedTest[],
  isRed: (test: ReportedTest) => boolean,
  added: readonly ReportedTest[],
  files: readonly ChangedFile[],
): ReportedTest[] {
  const left = new Set(added.filter(({ result }) => result === 'passed').slice(0, searchedMax));
  return lost.filter((test) => {
    const before = isRed(test) ? blockOf(test, files) : null;
    const subjects = subjectsOf(test, files);
    if (before === null || subjects.length === 0) return true;
    const next = [...left].find((each) => {
      const after = afterOf(each, files);
      if (after === undefined || assertionsIn(after) < assertionsIn(before)) return false;
      const marks = marksOf(after);
      return subjects.every((name) => marks.has(name));
    });
    if (next !== undefined) left.delete(next);
    return next === undefined;
  });
}
