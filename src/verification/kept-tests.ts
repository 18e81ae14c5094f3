// Tests that are red with the base's files although the change leaves what they demand: it only follows names that the
// product moved or renamed, or what the product newly needs of a helper (R-GREEN-8). Pure, and by text.
import { blockOf, movedNames, renamedNames } from './asked-changes.ts';
import { addedLines, type ChangedFile, removedLines } from './changed-file.ts';
import { judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import type { ReportedTest } from './test-report.ts';
import { opensTests } from './test-source.ts';

const imports =
  /^\s*(?:import\b|from\b|export\b[^=]*\bfrom\b|\}\s*from\b|use\s|using\s|#include|package\s|['"]use strict|(?:const|let|var)\b[^=]*=\s*(?:await\s+)?(?:require|import)\()/;
const replacesProduct =
  /\b(?:vi|jest)\.(?:mock|doMock|spyOn)\(|\bmock\.(?:module|method)\(|\bmonkeypatch\b|\bpatch(?:\.object)?\(/;
const namesDouble = /fake|mock|stub|test/i;

const isOfTests = (path: string) => ['test', 'setup'].includes(judgingKind(path) ?? '');

/** Whether a red test demands what it did, and the task names what it follows, or a helper serves what is newly called. */
export function isKept(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const block = blockOf(test, files);
  const helpers = files.filter(
    ({ path, before, after }) => isOfTests(path) && !opensTests(before) && !opensTests(after),
  );
  const own = files.filter(({ path, oldPath }) => test.file !== null && [path, oldPath].includes(test.file));
  const renames = renamedNames(files, task);
  const renamed = (text: string) =>
    [...renames].reduce((now, [from, to]) => now.replace(new RegExp(`\\b${from}\\b`, 'g'), to), text);
  const isLine = block !== null && !block.includes('\n');
  const isThere = block === null || files.some(({ after }) => after?.includes(renamed(block)));
  if (!isThere || (block === null && own.length > 0 && !keepsLines(own, files, renamed))) return false;
  // A row of a table does not show what is done with it.
  if (isLine && !keepsLines(own, files, renamed)) return false;
  if (!keepsLines(helpers, files, renamed)) return false;
  const used = [...own, ...helpers].map(({ before }) => before ?? '').join('\n');
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(used);
  return (
    movedNames(files).some((name) => isUsed(name) && task.speaksOf([name])) ||
    [...renames.keys()].some(isUsed) ||
    serves(helpers, files)
  );
}

/** Each line but imports stands in a file of tests after the change, and none newly replaces the product. */
function keepsLines(
  kept: readonly ChangedFile[],
  files: readonly ChangedFile[],
  renamed: (text: string) => string,
): boolean {
  const added = new Set(
    files
      .filter(({ path }) => isOfTests(path))
      .flatMap((file) => addedLines(file).map(({ text }) => text.trim())),
  );
  return kept.every(
    (file) =>
      removedLines(file).every((line) => imports.test(line) || added.has(renamed(line).trim())) &&
      !addedLines(file).some(({ text }) => replacesProduct.test(text)),
  );
}

/** The product newly uses names of what is injected, and a helper newly has them. */
function serves(helpers: readonly ChangedFile[], files: readonly ChangedFile[]): boolean {
  const product = files.filter(({ path }) => judgingKind(path) === null);
  const before = product.map((file) => file.before ?? '').join('\n');
  const used = product.flatMap((file) =>
    addedLines(file).flatMap(({ text }) =>
      [...text.matchAll(/\.([A-Za-z_]\w+)/g)].map(([, name = '']) => name),
    ),
  );
  const isNew = (name: string) => !new RegExp(`\\b${name}\\b`).test(before) && !namesDouble.test(name);
  const isDeclared = (name: string) =>
    new RegExp(
      `\\b(?:def|func|function|fn|class)\\s+(?:\\([^)]*\\)\\s*)?${name}\\b|^\\s*(?:async\\s+)?${name}\\s*[(:=]|self\\.${name}\\s*=`,
    );
  return used.some(
    (name) =>
      isNew(name) &&
      !product.some(({ after }) => (after ?? '').split('\n').some((line) => isDeclared(name).test(line))) &&
      helpers.some((file) => addedLines(file).some(({ text }) => isDeclared(name).test(text))),
  );
}
