// Writes the changes that pages show, like a worker of Moose but in a separate process: through the error log with its
// batches, and with the statements that change a work order.
import { pino } from 'pino';
import { PermanentError } from '../../src/domain/failure.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { openErrorLog } from '../../src/engine/errors/open-error-log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type OptionDraft, openEscalation, resolveEscalation } from '../../src/store/failures/escalations.ts';
import { changeWorkOrder, recordEvent } from '../../src/store/work/work-orders/work-orders.ts';
import type { WriterAct, Written } from './messages.ts';

const [url = '', dataDirectory = ''] = process.argv.slice(2);
const database = openDatabase(url, { connectionsMax: 2 });
const errors = openErrorLog({ database, dataDirectory, logger: pino({ level: 'silent' }) });
const by = { changedBy: 'moose', changedBecause: 'The benchmark' };

const again: OptionDraft = {
  id: 'retry',
  kind: 'retry',
  label: 'Try it again',
  risk: 'low',
  costNanoUsd: null,
  chance: null,
  chanceOf: 0,
};

process.on('message', (act: WriterAct) => {
  const atMs = Date.now();
  // A failed write ends the process, and so the benchmark.
  void write(act).then((subject) => process.send?.({ atMs, subject } satisfies Written));
});
process.once('disconnect', () => void close().then(() => process.exit(0)));

async function write(act: WriterAct): Promise<string> {
  const workOrderId = act.workOrderId as WorkOrderId;
  switch (act.act) {
    case 'error':
      return errors.record(failed(act.words), { workOrderId, step: 'verifying', strategy: 'refine' }).id;
    case 'step':
      await recordEvent(database.query, { workOrderId, kind: 'check.ended', actor: 'moose' });
      break;
    case 'ask':
      await ask(workOrderId, act.escalationId);
      return act.escalationId;
    case 'answer':
      await answer(workOrderId);
      break;
    case 'status':
      await move(workOrderId, act.from, act.from === 'in_progress' ? 'needs_review' : 'in_progress');
  }
  return workOrderId;
}

function failed(message: string): PermanentError {
  return new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    failureClass: 'test_fail',
    message,
  });
}

async function ask(workOrderId: WorkOrderId, id: string): Promise<void> {
  await database.transaction(async (query) => {
    await changeWorkOrder(query, workOrderId, { status: 'in_progress' }, { ...by, status: 'needs_review' });
    await openEscalation(query, {
      id,
      workOrderId,
      failureClass: 'test_fail',
      title: 'The checks do not pass',
      context: {},
      options: [again],
      recommendedOption: again.id,
    });
  });
}

async function answer(workOrderId: WorkOrderId): Promise<void> {
  await database.transaction(async (query) => {
    await resolveEscalation(query, workOrderId, { option: 'retry', by: 'human:bench' });
    await changeWorkOrder(query, workOrderId, { status: 'needs_review' }, { ...by, status: 'in_progress' });
  });
}

async function move(
  id: WorkOrderId,
  from: 'in_progress' | 'needs_review',
  to: 'in_progress' | 'needs_review',
): Promise<void> {
  if (!(await changeWorkOrder(database.query, id, { status: from }, { ...by, status: to })))
    throw new TypeError(`A work order of the benchmark is not ${from}`);
}

async function close(): Promise<void> {
  await errors.close();
  await database.close();
}
