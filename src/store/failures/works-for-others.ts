// Tells an outage from a request that a provider cannot answer: others were answered while this one failed repeatedly.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

/** How many of the newest pauses to check; older ones add nothing. */
const looksMax = 100;

/**
 * How many of the work order's newest pauses in a row, since a step last ended, did not help although the provider
 * answered other work orders meanwhile. 0: the provider may be unavailable for everybody. The number says nothing if
 * there is not enough capacity for all, as under a rate limit: then chance decides.
 */
export async function pausesWhileOthersWereAnswered(
  query: Query,
  { workOrderId, provider, since }: { workOrderId: WorkOrderId; provider: string; since: Date },
): Promise<number> {
  const { rows } = await sql<{ pauses: number }>`
    with began as (
      select greatest(${since}::timestamptz, max(at)) as at from work_order_events
      where work_order_id = ${workOrderId} and kind = 'step.finished'
    ), pauses as (
      select d.created_at as at, lead(d.created_at, 1, clock_timestamp()) over (order by d.created_at) as until,
        row_number() over (order by d.created_at desc)::int as nth
      from decision_logs d join began on d.created_at >= began.at
      where d.work_order_id = ${workOrderId} and d.kind = 'retry' and d.decision_output ? 'pausedMs'
        and d.input_context ->> 'code' not in ('CIRCUIT_OPEN', 'MODEL_RATE_LIMITED', 'MODEL_QUOTA')
      order by d.created_at desc limit ${looksMax}
    ), told as (
      select nth, exists (select from work_order_events e where e.kind = 'model.answered'
        and e.at between pauses.at and pauses.until and e.work_order_id <> ${workOrderId}
        and starts_with(e.actor, ${`${provider}/`})) as was_answered
      from pauses
    )
    select count(*)::int as pauses from told
    where nth < coalesce((select min(nth) from told where not was_answered), ${looksMax + 1})`.execute(query);
  return rows[0]?.pauses ?? 0;
}
