// Every effect outside the tables is recorded as a row before it happens: the list of effects is the undo plan.
import type { EffectKind } from '../../../store/schema/row-kinds.ts';
import { writeEffects } from '../../../store/work/runs/held-run.ts';
import { type Work, whileHeld } from '../work.ts';

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
  await write(work, { intended: effects });
  for (const { kind } of effects) work.reached(`${kind}:intended`, work.run.id);
  const done: Done[] = [];
  for (const effect of effects) done.push(await perform(work, effect));
  await write(work, { done });
}

/** Marks each effect as done in the statement that records the next one as intended: no effect starts before that. */
export async function performInTurn(work: Work, effects: readonly PlannedEffect[]): Promise<void> {
  let done: Done[] = [];
  for (const effect of effects) {
    await write(work, { done, intended: [effect] });
    work.reached(`${effect.kind}:intended`, work.run.id);
    done = [await perform(work, effect)];
  }
  if (done.length > 0) await write(work, { done });
}

type Done = Pick<PlannedEffect, 'key' | 'detail'>;

function write(work: Work, change: Parameters<typeof writeEffects>[2]): Promise<void> {
  return whileHeld(work, (query, holder) => writeEffects(query, holder, change));
}

async function perform(work: Work, effect: PlannedEffect): Promise<Done> {
  const found = await effect.act();
  work.reached(`${effect.kind}:acted`, work.run.id);
  return { key: effect.key, detail: { ...effect.detail, ...found } };
}
