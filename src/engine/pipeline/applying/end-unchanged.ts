// A command that changed nothing has done its work, and so has an agent if a person says that nothing has to change: the work
// order is completed without a pull request, and nothing of it stays on the machine (R-AGENT-2). For a schedule, that is the
// usual end.
import { type ApplyingResult, readStepResult } from '../../../domain/work-order/step-result.ts';
import { closedUnchanged, commandChangedNothing } from '../../../domain/work-order/work-order.ts';
import type { Query } from '../../../store/database.ts';
import { listResultsOfCycle } from '../../../store/work/runs/earlier-results.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder, recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { undoEffects } from '../../run/effects/undo-effects.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { startDependents } from '../../specs/start-planned.ts';

/** The result is stored first: after a crash, the command does not run again. */
export async function endUnchanged(
  work: Work,
  result: ApplyingResult,
  startedAt: Date,
): Promise<StepEnd<'applying'>> {
  const { order, run } = work;
  const owner = { workOrderId: order.id, runId: run.id, cycle: run.cycle };
  await fenced(work, (query) => saveStepResult(query, { ...owner, step: 'applying', result, startedAt }));
  return complete(work, commandChangedNothing);
}

/** Undefined unless the command has changed nothing in this cycle, before a crash. */
export async function endedUnchanged(work: Work): Promise<StepEnd<'applying'> | undefined> {
  const { database, run, signal } = work;
  const results = await database.run((query) => listResultsOfCycle(query, run.id, run.cycle), signal);
  const stored = results.find(({ step }) => step === 'applying')?.result;
  return readStepResult('applying', stored)?.outcome === 'changed_nothing'
    ? complete(work, commandChangedNothing)
    : undefined;
}

/** A person has chosen this after reading what the agent said. */
export const closeUnchanged = (work: Work): Promise<StepEnd<'applying'>> => complete(work, closedUnchanged);

async function complete(work: Work, because: string): Promise<StepEnd<'applying'>> {
  const { order, run, actor, clock } = work;
  // What cannot be removed is recorded there, and listed as left.
  await undoEffects(work, ['worktree', 'branch']);
  work.reached('applying:unchanged', run.id);
  const close = async (query: Query) => {
    const detail = { step: 'applying' };
    await recordEvent(query, { workOrderId: order.id, kind: 'step.finished', actor, detail });
    await withdraw(query, { workOrderId: order.id }, because);
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        status: 'completed',
        stepState: 'done',
        failureClass: null,
        failure: null,
        finishedAt: clock.now(),
        changedBy: actor,
        changedBecause: because,
      },
    );
    if (order.specId !== null) await startDependents(query, order.id, clock.now());
  };
  await fenced(work, close, { state: 'ended', outcome: 'completed', endedAt: clock.now() });
  return { end: 'over' };
}
