import { type Selectable, sql } from 'kysely';
import type { RunId, WorkOrderId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import { toJson } from './storable.ts';
import type { EffectKind, Tables } from './tables.ts';

export type Effect = Selectable<Tables['effects']>;

/** Records that something is about to be done to the world. The key makes it one effect, however often it is tried. */
export async function intendEffect(
  query: Query,
  effect: {
    workOrderId: WorkOrderId;
    runId: RunId;
    kind: EffectKind;
    key: string;
    detail: Record<string, unknown>;
  },
): Promise<Effect> {
  return query
    .insertInto('effects')
    .values({ ...effect, state: 'intended', detail: toJson(effect.detail) })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((set) => ({
        // What was undone is intended anew; what was done stays done.
        state: set
          .case()
          .when('effects.state', '=', 'done')
          .then('done' as const)
          .else('intended' as const)
          .end(),
        runId: set.ref('excluded.runId'),
        // What was found out when it was done is still true, until it is done again.
        detail: sql<string>`case when effects.state = 'done' then effects.detail || excluded.detail
          else excluded.detail end`,
        updatedAt: new Date(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function markEffect(
  query: Query,
  key: string,
  state: Effect['state'],
  detail?: Record<string, unknown>,
): Promise<void> {
  await query
    .updateTable('effects')
    .set({ state, updatedAt: new Date(), ...(detail ? { detail: toJson(detail) } : {}) })
    .where('key', '=', key)
    .execute();
}

export function effectsOf(query: Query, workOrderId: WorkOrderId): Promise<Effect[]> {
  return query
    .selectFrom('effects')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('id')
    .execute();
}
