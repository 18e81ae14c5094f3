// Starts another cycle: back to the Proposer, with the failure. A failure that a step returned with its result is
// handled like one that it threw.
import type { MooseError } from '../../../domain/failure.ts';
import { counted } from '../../../domain/text/counted.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { StepResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { addToCounters, markWasted, saveStepResult, updateRun } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { failureNote } from '../../run/feedback.ts';
import { fenced, type RunDecision, type Work } from '../../run/work.ts';
import { pauseEarly } from '../../watch/pause-early.ts';
import { startsOf } from '../../workplace/work-slots.ts';
import { type NextArm, nextArm } from './next-arm.ts';

/** What a step found out before it failed, with feedback for the next attempt. */
export interface Returned<S extends Step> {
  result: StepResult<S>;
  startedAt: Date;
}

export async function refineChange<S extends Step>(
  work: Work,
  step: S,
  { error, because }: { error: MooseError; because: string },
  returned: Returned<S> | undefined,
): Promise<RunDecision> {
  const { order, run } = work;
  const cyclesLeft = order.refinementCyclesMax - order.refinementCycles;
  const stopped = await fenced(work, async (query) => {
    const owner = { runId: run.id, workOrderId: order.id };
    if (returned) await saveStepResult(query, { ...owner, step, cycle: run.cycle, ...returned });
    await markWasted(query, order.id);
    const limited = await whyNotAgain(query, work, cyclesLeft);
    const next = limited === null ? await nextArm(query, work, error) : null;
    const why = limited ?? (next && 'stop' in next ? next.stop : null);
    const strategy = why === null ? 'refine' : 'escalate';
    if (!error.isRecorded)
      await recordFailure(query, error, { ...owner, step, attempt: run.cycle + 1, strategy });
    if (why === null)
      await beginCycle(query, work, step, {
        failure: error,
        because,
        cyclesLeft,
        ...(next && 'settings' in next ? { next } : {}),
      });
    return why;
  });
  work.reached(`${step}:refined`, work.run.id);
  if (stopped === null) return 'go on';
  return { end: 'review', failure: error, because: stopped, isExhausted: cyclesLeft <= 0 };
}

/** Null if another cycle may bring something new, and the limit permits it. */
async function whyNotAgain(
  query: Query,
  { order, run, clock, settings }: Work,
  cyclesLeft: number,
): Promise<string | null> {
  if (order.settings.command !== undefined) return 'the command would make the same change again';
  const { equalFailuresMax } = settings;
  if (cyclesLeft > 0)
    return pauseEarly(
      query,
      { workOrderId: order.id, runId: run.id, cyclesLeft, equalFailuresMax },
      clock.now(),
    );
  return `${counted(order.refinementCycles, 'refinement cycle')} did not help`;
}

async function beginCycle(
  query: Query,
  work: Work,
  step: Step,
  {
    failure,
    because,
    cyclesLeft,
    next,
  }: { failure: MooseError; because: string; cyclesLeft: number; next?: Exclude<NextArm, { stop: string }> },
): Promise<void> {
  const { order, run, actor } = work;
  await addToCounters(query, order.id, { refinementCycles: 1 });
  const starts = startsOf('generating');
  const settings = toJson({
    ...(next?.settings ?? run.settings),
    failure: failureNote(failure),
  });
  await updateRun(query, run.id, { settings, cycle: run.cycle + 1, stepAttempt: 0, pauses: 0, starts });
  await logDecision(query, {
    workOrderId: order.id,
    kind: 'refinement_cycle',
    agentType: 'proposer',
    input: { step, code: failure.code, failureClass: failure.failureClass, message: failure.message },
    // Of this run: a person's answer begins to count again.
    output: { cycle: run.cycle + 1, of: run.cycle + cyclesLeft, because },
  });
  await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress', step },
    {
      ...(next ? { timeLimitMs: next.timeLimitMs } : {}),
      step: 'generating',
      stepState: 'running',
      failureClass: failure.failureClass,
      changedBy: actor,
      changedBecause: failure.message,
    },
  );
}
