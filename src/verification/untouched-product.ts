// A task about the product, and a change that alters only what judges it (R-GREEN-4). Pure.
import type { CheckKind } from '../domain/work-order/check.ts';
import type { Finding } from '../domain/work-order/finding.ts';
import { changesProduct } from './asked-changes.ts';
import type { ChangedFile } from './changed-file.ts';
import { isTestData, judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import { opensTests } from './test-source.ts';

/** Every test passes without such a change too. */
export function untouchedProduct(
  checks: ReadonlyArray<{ kind: CheckKind }>,
  { files, task }: { files: readonly ChangedFile[]; task: Pick<Task, 'asksForProduct'> },
): Finding[] {
  const judging = files.filter(({ path }) => ['test', 'setup'].includes(judgingKind(path) ?? ''));
  // A folder of that name may hold what others test with: then it is the product.
  const hasTests = judging.some(
    ({ path, before, after }) => isTestData(path) || opensTests(before) + opensTests(after) > 0,
  );
  const tests = hasTests ? judging.map(({ path }) => path) : [];
  const isOfTest = checks.some(({ kind }) => kind === 'test');
  if (tests.length === 0 || !isOfTest || !task.asksForProduct || changesProduct(files)) return [];
  const text =
    'The task asks for more than tests, and the change alters nothing of the product but comments. Change the product.';
  return [{ weight: 'refuses', kind: 'never_red', text, files: tests, tests: [] }];
}
