// A task that asks for a test, and a change that brings none (R-GREEN-4). Pure.
import type { CheckKind } from '../domain/work-order/check.ts';
import type { Finding } from '../domain/work-order/finding.ts';
import type { ChangedFile } from './changed-file.ts';
import { judgingKind } from './judging-files.ts';
import { testModules } from './manifest-parts.ts';
import type { Task } from './task.ts';

/** People are told: the tests that are there already may be all that the task needs. */
export function noTestAdded(
  checks: ReadonlyArray<{ kind: CheckKind }>,
  { files, task }: { files: readonly ChangedFile[]; task: Pick<Task, 'asksForTest'> },
): Finding[] {
  if (!task.asksForTest || !checks.some(({ kind }) => kind === 'test') || files.some(isOfTests)) return [];
  const text = 'The task asks for a test, and the change adds none.';
  return [{ weight: 'tells', kind: 'no_test_added', text, files: [], tests: [] }];
}

function isOfTests({ path, after }: ChangedFile): boolean {
  if (after === null) return false;
  return judgingKind(path) === 'test' || (path.endsWith('.rs') && testModules(after).length > 0);
}
