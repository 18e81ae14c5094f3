// How often questions were answered without a person: by a standing answer, a default, or a program with a token.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

const isAutomatic = sql<boolean>`not starts_with(resolved_by, 'human:')`;

/** The number of automatic answers; `here` counts those at this step since that time. */
export async function countAutomaticAnswers(
  query: Query,
  workOrderId: WorkOrderId,
  { step, since }: { step: string | null; since: Date | null },
): Promise<{ all: number; here: number }> {
  const { rows } = await sql<{ all: number; here: number }>`
    select count(*)::int as all, (count(*) filter (where context ->> 'step' is not distinct from ${step}::text
      and updated_at > coalesce(${since}::timestamptz, '-infinity')))::int as here
    from escalations where work_order_id = ${workOrderId} and status in ('chosen', 'resolved')
      and ${isAutomatic}`.execute(query);
  return rows[0] ?? { all: 0, here: 0 };
}

/** How often answerers with this name prefix have answered this shared question within that time. */
export async function countAnswersTogether(
  query: Query,
  groupKey: string | null,
  { byPrefix, withinMs }: { byPrefix: string; withinMs: number },
): Promise<number> {
  const { rows } = await sql<{ times: number }>`select count(*)::int as times from escalations
    where group_key = ${groupKey} and starts_with(resolved_by, ${byPrefix})
      and created_at > clock_timestamp() - ${withinMs} * interval '1 ms'`.execute(query);
  return rows[0]?.times ?? 0;
}
