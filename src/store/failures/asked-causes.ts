// Finds open questions by their cause: the code of a failure, or a key that many work orders share.

import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { findsAny } from '../work/runs/due-jobs.ts';

/** Work orders with an open question of this code, except those that the question has stopped. */
export function listAskedWork(
  query: Query,
  code: string,
): Promise<Array<{ id: WorkOrderId; groupKey: string | null }>> {
  return query
    .selectFrom('escalations')
    .innerJoin('workOrders', 'workOrders.id', 'escalations.workOrderId')
    .select(['escalations.groupKey', 'workOrders.id'])
    .where('escalations.code', '=', code)
    .where('escalations.status', '=', 'open')
    .where('workOrders.status', '<>', 'needs_review')
    .execute();
}

/** Until the transaction ends, nobody else asks about this cause. */
export async function lockCause(query: Query, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(query);
}

/** The work orders that have separate questions about the same cause; null if there are none. */
export async function listOthersAsking(
  query: Query,
  key: string,
  own: WorkOrderId,
): Promise<WorkOrderId[] | null> {
  const rows = await query
    .selectFrom('escalations')
    .select(['workOrderId', 'groupKey'])
    .where('status', 'in', ['open', 'chosen'])
    .where((where) =>
      where.or([
        where('groupKey', '=', key),
        where.and([
          where(sql<string>`context ->> 'cause'`, '=', key),
          where('status', '=', 'open'),
          where('workOrderId', 'is not', null),
          where('workOrderId', '<>', own),
        ]),
      ]),
    )
    .execute();
  return rows.length === 0 ? null : rows.flatMap(({ workOrderId }) => workOrderId ?? []);
}

/** Whether a question whose key starts with `prefix` is still open, or is being carried out. */
export const hasAsked = (prefix: string) =>
  findsAny(
    sql`select from escalations where status in ('open', 'chosen') and starts_with(group_key, ${prefix})`,
  );

/** The keys with this prefix of open questions that no work order waits for. */
export async function listUnawaitedKeys(query: Query, prefix: string): Promise<string[]> {
  const { rows } = await sql<{ groupKey: string }>`select group_key from escalations e
    where (status = 'open' or status = 'chosen' and chosen_option = 'wait') and starts_with(group_key, ${prefix})
      and not exists (select from escalation_members m where m.escalation_id = e.id and m.left_at is null)`.execute(
    query,
  );
  return rows.map(({ groupKey }) => groupKey);
}

/**
 * The keys (this prefix and a project) of questions about a missing repository for which no run waits any more.
 */
export async function listReachedRepositoryKeys(query: Query, prefix: string): Promise<string[]> {
  const { rows } = await sql<{ groupKey: string }>`select group_key from escalations e
    where status in ('open', 'chosen') and starts_with(group_key, ${prefix})
      and not exists (select from runs r join work_orders w on w.id = r.work_order_id
        where r.state = 'running' and r.declined_since is not null
          and ${prefix} || w.project_id = e.group_key)`.execute(query);
  return rows.map(({ groupKey }) => groupKey);
}

/** The keys with this prefix of questions that were asked at least this long ago and are not being carried out. */
export async function listAskedKeys(query: Query, prefix: string, olderThanMs: number): Promise<string[]> {
  const rows = await query
    .selectFrom('escalations')
    .select('groupKey')
    .where('status', 'in', ['open', 'chosen'])
    .where('groupKey', 'like', `${prefix}%`)
    .where(sql<boolean>`created_at < clock_timestamp() - ${olderThanMs} * interval '1 ms'`)
    .execute();
  return rows.flatMap(({ groupKey }) => groupKey ?? []);
}
