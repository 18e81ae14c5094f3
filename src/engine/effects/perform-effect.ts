// Every effect outside the tables is recorded as a row before it happens: the list of effects is the undo plan.
import type { Query } from '../../store/database.ts';
import type { EffectKind } from '../../store/schema/tables.ts';
import { intendEffect, markEffect } from '../../store/work/effects.ts';
import { fenced, type Work } from '../run/work.ts';

export interface PlannedEffect {
  kind: EffectKind;
  key: string;
  /** The data that an undo needs. */
  detail: Record<string, unknown>;
  /**
   * Must be idempotent: after a crash before the effect is marked as done, it runs again. Its result is added to
   * `detail`.
   */
  act(): Promise<Record<string, unknown>>;
}

/** Records all of them as intended together, performs them one after the other, and marks all as done together. */
export async function performTogether(work: Work, effects: readonly PlannedEffect[]): Promise<void> {
  await fenced(work, async (query) => {
    for (const effect of effects) await intend(query, work, effect);
  });
  for (const { kind } of effects) work.reached(`${kind}:intended`, work.run.id);
  const details = new Map<string, Record<string, unknown>>();
  for (const effect of effects) details.set(effect.key, await perform(work, effect));
  await fenced(work, async (query) => {
    for (const [key, detail] of details) await markEffect(query, key, 'done', detail);
  });
}

/** Marks each effect as done in the transaction that records the next one as intended: no effect starts before that. */
export async function performInTurn(work: Work, effects: readonly PlannedEffect[]): Promise<void> {
  let done: { key: string; detail: Record<string, unknown> } | undefined;
  for (const effect of effects) {
    await fenced(work, async (query) => {
      if (done) await markEffect(query, done.key, 'done', done.detail);
      await intend(query, work, effect);
    });
    work.reached(`${effect.kind}:intended`, work.run.id);
    done = { key: effect.key, detail: await perform(work, effect) };
  }
  await fenced(work, async (query) => {
    if (done) await markEffect(query, done.key, 'done', done.detail);
  });
}

async function intend(query: Query, work: Work, { kind, key, detail }: PlannedEffect): Promise<void> {
  await intendEffect(query, { workOrderId: work.order.id, runId: work.run.id, kind, key, detail });
}

async function perform(work: Work, effect: PlannedEffect): Promise<Record<string, unknown>> {
  const found = await effect.act();
  work.reached(`${effect.kind}:acted`, work.run.id);
  return { ...effect.detail, ...found };
}
