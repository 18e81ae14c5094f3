// Whether a test that was changed still demands what it demanded (R-GREEN-8). Pure, and by text.
import { blockOf, changedSignatures, declaredNames } from './asked-changes.ts';
import type { ChangedFile } from './changed-file.ts';
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
  if (before === null || isBent(test, files)) return false;
  const called = marksOf(before);
  return changedSignatures(files).some((name) => called.has(name) && task.speaksOf([name]));
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
