import type { Step } from '../../domain/transitions.ts';
import { toJson } from '../../store/storable.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { fenced, type StepEnd, type Work } from '../run/work.ts';
import { startsOf } from './work-slots.ts';

/** Starts another cycle without a failure: nothing counts against the change. */
export async function beginAgain(
  work: Work,
  step: Step,
  { because, keepsFailure }: Extract<StepEnd, { end: 'again' }>,
): Promise<void> {
  const { order, run, actor } = work;
  const { failure: _, ...settings } = run.settings;
  const starts = startsOf('generating');
  const kept = keepsFailure ? run.settings : settings;
  const change = { settings: toJson(kept), cycle: run.cycle + 1, stepAttempt: 0, pauses: 0, starts };
  await fenced(
    work,
    (query) =>
      changeWorkOrder(
        query,
        order.id,
        { status: 'in_progress', step },
        { step: 'generating', stepState: 'running', changedBy: actor, changedBecause: because },
      ),
    change,
  );
}
