import { expect, test } from 'vitest';
import { TransientError } from '../../domain/failure.ts';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import { doingWork } from './current-work.ts';
import type { ErrorContext, ErrorLog } from './error-log.ts';
import { createFaultReport } from './fault-report.ts';

const failure = (message: string) =>
  new TransientError({ code: 'DATABASE_AWAY', component: 'store', operation: 'query', message });

function listener() {
  const rows: Array<[string, ErrorContext | undefined]> = [];
  const ends: unknown[] = [];
  const log: Pick<ErrorLog, 'record'> = {
    record: ({ message }, context) => {
      rows.push([message, context]);
      return { id: message, resolved: (...end) => void ends.push([message, ...end]) };
    },
  };
  return { rows, ends, log };
}

test('R-FAIL-6: a fault is recorded with the work that it befell, and so is what came of it', () => {
  const { rows, ends, log } = listener();
  const report = createFaultReport();
  report.to(log);
  const work = { workOrderId: 'w' as WorkOrderId, runId: 'r' as RunId };
  doingWork(work, () => report.onFault(failure('one'))).resolved(true, 2);
  expect(rows).toEqual([['one', { ...work, strategy: 'retry' }]]);
  expect(ends).toEqual([['one', true, 2]]);
});

test('fear: what fails before there is a log is never heard of', () => {
  const { rows, ends, log } = listener();
  const report = createFaultReport();
  report.onFault(failure('over')).resolved(true, 1);
  const lasting = report.onFault(failure('lasting'));
  report.to(log);
  expect(rows.map(([message]) => message)).toEqual(['over', 'lasting']);
  lasting.resolved(false, 3);
  expect(ends).toEqual([
    ['over', true, 1],
    ['lasting', false, 3],
  ]);
});
