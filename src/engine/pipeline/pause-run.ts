// Somebody else is to blame: the run waits until they work again, holds nothing, and is charged nothing (R-REC-6).
import type { Step } from '../../domain/transitions.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { logDecision } from '../../store/decisions.ts';
import { storableText } from '../../store/storable.ts';
import { changeWorkOrder } from '../../store/work-orders.ts';
import { otherModels } from '../escalation/other-models.ts';
import { joinOutage } from '../escalation/outage.ts';
import type { RecoveryResult } from '../recovery/error-recovery-manager.ts';
import { recordOnce } from './record-once.ts';
import { fenced, type GoesOn, type Work } from './work.ts';

/** Failures of one run that are apart in time, and so prove an outage that is too slow to open the circuit. */
const pausesBeforeTrip = 3;
/** One failure that says everything: nothing comes through until a third party acts. */
const telling = new Set(['MODEL_QUOTA']);
/** Runs come back spread out, and never before they were asked to. */
const spreadShare = 0.25;

export async function pauseRun(
  work: Work,
  step: Step,
  { error, because, delayMs: given, circuit }: Extract<RecoveryResult, { act: 'pause' }>,
): Promise<GoesOn> {
  const { order, run, actor, circuits } = work;
  const isProven = telling.has(error.code) || run.pauses + 1 >= pausesBeforeTrip;
  if (circuit && isProven && circuits.retryAfterMs(circuit) === 0 && error.code !== 'CIRCUIT_OPEN')
    circuits.trip(circuit, error);
  const openMs = circuit ? circuits.retryAfterMs(circuit) : 0;
  const atLeastMs = Math.max(given, openMs, openMs > 0 ? work.settings.pauseMsMin : 0);
  const delayMs = atLeastMs * (1 + spreadShare * work.random());
  const change = {
    leg: run.leg + 1,
    pauses: run.pauses + 1,
    pausedBy: circuit,
    pausedAt: work.clock.now(),
    waitingFor: storableText(error.message),
    wakeAt: new Date(work.clock.now().getTime() + delayMs),
  };
  const write = async (query: Query) => {
    // A call that was not made is no failure.
    if (error.code !== 'CIRCUIT_OPEN') await recordOnce(query, work, step, error, 'pause');
    await logDecision(query, {
      workOrderId: order.id,
      kind: 'retry',
      agentType: 'recovery',
      input: { step, code: error.code, category: error.category, pauses: run.pauses, circuit },
      output: { pausedMs: Math.round(delayMs), because },
    });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        stepState: 'retrying',
        failureClass: error.failureClass,
        changedBy: actor,
        changedBecause: `paused: ${error.message}`,
      },
    );
    if (circuit && openMs > 0)
      await joinOutage(query, { circuit, order, failure: error, otherModels: otherModels(work, null) });
    await enqueueRun(query, run.id, run.leg + 1, delayMs);
  };
  await fenced(work, write, change);
  return 'stop';
}
