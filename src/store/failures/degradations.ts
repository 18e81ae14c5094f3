// Degraded features and why; at most one is open for a key (R-REC-4).

import { type Selectable, sql } from 'kysely';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import { asCause } from '../../domain/text/sentence.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';
import { findsAny } from '../work/runs/due-jobs.ts';
import { recordEvent } from '../work/work-orders/work-orders.ts';

export type Degradation = Selectable<Tables['degradations']>;

export interface Degraded {
  /** The key: `pressure:host:pid:reviewer`, `dual_agent:<run id>`. */
  key: string;
  /** The degraded feature's name for people: `reviewer`, `fresh prices`. */
  feature: string;
  because: string;
  workOrderId?: WorkOrderId;
  /** The degradation ends after this long unless renewed; without a time, only by `restore` or with its work order. */
  lapsesAfterMs?: number;
  metadata?: Record<string, unknown>;
}

/** Records a degraded feature, or renews the record with the newest reason. Returns true if it is new. */
export async function degrade(query: Query, given: Degraded): Promise<boolean> {
  const { key, feature, workOrderId = null, lapsesAfterMs, metadata = {} } = given;
  const because = storableText(asCause(given.because));
  const lapsesAt =
    lapsesAfterMs === undefined
      ? null
      : sql<Date>`clock_timestamp() + ${lapsesAfterMs}::float8 * interval '1 millisecond'`;
  const lapsed = await closeWhere(query, sql`key = ${key} and lapses_at <= clock_timestamp()`);
  await reportEnds(query, lapsed);
  const row = await query
    .insertInto('degradations')
    .values({
      id: newId(new Date()),
      key,
      feature,
      because,
      workOrderId,
      lapsesAt,
      metadata: toJson(metadata),
    })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .where('until', 'is', null)
        .doUpdateSet({ because, lapsesAt, metadata: toJson(metadata) }),
    )
    .returning(sql<boolean>`xmax = 0`.as('isNew'))
    .executeTakeFirstOrThrow();
  if (row.isNew && workOrderId) {
    await recordEvent(query, {
      workOrderId,
      kind: 'degraded',
      actor: 'moose:degradations',
      reason: `without ${feature}: ${because}`,
      detail: { key, feature },
    });
  }
  return row.isNew;
}

/** Ends a degradation, because its cause is gone. Returns false if it was not open. */
export async function restore(query: Query, key: string): Promise<boolean> {
  const ended = await closeWhere(query, sql`key = ${key}`);
  await reportEnds(query, ended);
  return ended.length > 0;
}

const isLapsed = sql`(lapses_at <= clock_timestamp() or exists (select 1 from work_orders w
      where w.id = work_order_id and w.status in ('completed', 'failed', 'cancelled')))`;

/** Whether `endLapsedDegradations` finds any. */
export const hasLapsedDegradation = findsAny(
  sql`select from degradations where until is null and ${isLapsed}`,
);

/** Ends degradations that nobody has renewed in time, and those of finished work orders. Returns how many. */
export async function endLapsedDegradations(query: Query): Promise<number> {
  const ended = await closeWhere(query, isLapsed);
  await reportEnds(query, ended);
  return ended.length;
}

/** The degradations in effect now, oldest first. */
export function openDegradations(query: Query): Promise<Degradation[]> {
  return query
    .selectFrom('degradations')
    .selectAll()
    .where('until', 'is', null)
    .where(sql<boolean>`(lapses_at is null or lapses_at > clock_timestamp())`)
    .orderBy('since')
    .execute();
}

type Ended = Pick<Degradation, 'key' | 'feature' | 'workOrderId'>;

async function closeWhere(query: Query, condition: ReturnType<typeof sql>): Promise<Ended[]> {
  const { rows } = await sql<Ended>`update degradations set until = least(clock_timestamp(), lapses_at)
    where until is null and ${condition} returning key, feature, work_order_id`.execute(query);
  return rows;
}

async function reportEnds(query: Query, ended: readonly Ended[]): Promise<void> {
  for (const { key, feature, workOrderId } of ended) {
    if (!workOrderId) continue;
    await recordEvent(query, {
      workOrderId,
      kind: 'restored',
      actor: 'moose:degradations',
      reason: `${feature} is available again`,
      detail: { key, feature },
    });
  }
}
