// Whether a test that was changed still demands what it demanded (R-GREEN-8). Pure, and by text.
import { blockOf, changedSignatures, declaredNames, freshNames } from './asked-changes.ts';
import { addedLines, type ChangedFile, removedLines } from './changed-file.ts';
import { judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import type { ReportedTest } from './test-report.ts';
import { assertionsIn, marksOf, testBlock, withoutComments } from './test-source.ts';

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

/** What the test looks for now and did not before stands in the task. */
export function looksForAsked(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined || assertionsIn(after) < assertionsIn(before)) return false;
  const known = marksOf(before);
  return [...marksOf(after)].some(
    (mark) =>
      !known.has(mark) && /^["\d-]/.test(mark) && mark.length > 2 && task.hasValue(mark.replace(/^"/, '')),
  );
}

/** It differs only by numbers, and each new one stands in the task, or beside one that does, and in the product's new lines. */
export function followsNumbers(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const shape = (text: string) => text.replace(/\d+/g, '#');
  const numbers = (text: string) => text.match(/\d+/g) ?? [];
  if (before === after || shape(before) !== shape(after)) return false;
  const product = files.filter(({ path }) => judgingKind(path) === null);
  const now = new Set(product.flatMap((file) => addedLines(file).flatMap(({ text }) => numbers(text))));
  const then = new Set(product.flatMap((file) => removedLines(file).flatMap(numbers)));
  const beside = (digits: string) => [0, -1, 1].map((by) => String(Number(digits) + by));
  const old = numbers(before);
  return numbers(after).every(
    (digits, index) =>
      digits === old[index] ||
      (beside(digits).some((each) => now.has(each) && task.hasValue(each)) &&
        beside(old[index] ?? '').some((each) => then.has(each))),
  );
}

const comparing =
  /\b(?:toBe|toEqual|toStrictEqual|toMatchObject|toHaveBeenCalledWith|toHaveLength|toHaveBeenCalledTimes|toContain)\((?!\))|\b(?:deep)?(?:[sS]trict)?[eE]qual\(|\bdeepStrictEqual\(|\bassert(?:_eq|Equals?|Is|In)\w*!?\(|\bassert\b[^\n]*[^!<>=]==[^=]/g;
const vague =
  /\btoBe(?:Defined|Truthy)\(\)|\.not\.toBe(?:Null|Undefined|Falsy|NaN)\(|\.not\.toThrow\(\)|\bexpect\.any(?:thing)?\(|\btoBeGreaterThan(?:OrEqual)?\(\s*-?[01]\s*\)|\bis not None\b|\bassert(?:\.ok)?\(\s*[\w.]+\s*(?:,[^()]*)?\)|\bassertIsNotNone\(|\bassertTrue\(\s*(?:True|[\w.]+)\s*\)|\bassert\s+[\w.]+(?:\([^()\n]*\))?\s*$|\b(?:is_some|is_ok)\(\)/gm;

/** It compared, and where it did it now only asks whether something is there. */
export function isHollowed(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  const [then, now] = [withoutComments(before), withoutComments(after)];
  const of = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].length;
  return of(comparing, now) < of(comparing, then) && of(vague, now) > of(vague, then);
}

const repeats = /\bfor\b|\beach\b|\bparametri[sz]e\b|\bforEach\b|\brange\b|\bmap\(/;

/** It has fewer assertions, and no table in their place. */
export function hasFewerAssertions(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  return assertionsIn(after) < assertionsIn(before) && (repeats.test(before) || !repeats.test(after));
}

const expectsError =
  /\b(?:raises|assertRaises\w*|toThrow\w*|throws|rejects|should_panic|assertThrows\w*|expectException)\b/g;

/** It demanded an error, and no longer demands one. */
export function forgetsError(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const before = blockOf(test, files);
  const after = afterOf(test, files);
  if (before === null || after === undefined) return false;
  return before.search(expectsError) !== -1 && after.search(expectsError) === -1;
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
