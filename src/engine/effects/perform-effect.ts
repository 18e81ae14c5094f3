// Whatever Moose does to the world outside its tables is a row before it is done: the list is the undo plan.
import { intendEffect, markEffect } from '../../store/effects.ts';
import type { EffectKind } from '../../store/tables.ts';
import { fenced, type Work } from '../pipeline/work.ts';

/**
 * Intends, acts, and marks as done. `act` must be idempotent: after a crash between acting and marking it is run
 * again. `detail` is what undoing needs to know; what `act` returns is added to it.
 */
export async function performEffect<T extends Record<string, unknown>>(
  work: Work,
  effect: { kind: EffectKind; key: string; detail: Record<string, unknown> },
  act: () => Promise<T>,
): Promise<T> {
  const workOrderId = work.order.id;
  await fenced(work, (query) => intendEffect(query, { ...effect, workOrderId, runId: work.run.id }));
  work.reached(`${effect.kind}:intended`, work.run.id);
  const found = await act();
  work.reached(`${effect.kind}:acted`, work.run.id);
  await fenced(work, (query) => markEffect(query, effect.key, 'done', { ...effect.detail, ...found }));
  return found;
}
