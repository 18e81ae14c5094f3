// What the newest verification of each work order said about its change (R-GREEN-1).
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Finding } from '../../../domain/work-order/finding.ts';
import type { VerifyLevel } from '../../../domain/work-order/verify-level.ts';
import type { Query } from '../../database.ts';

export interface Judgement {
  findings: Finding[];
  /** How strictly it was judged; null if it was verified before levels were kept. */
  level: VerifyLevel | null;
  /** The person who accepted the change as it is, against the judgement. */
  acceptedBy: string | null;
}

/** By work order; those that were never verified are absent. */
export async function judgementsOf(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, Judgement>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Judgement & { workOrderId: WorkOrderId }>`
    select asked.id as work_order_id, newest.findings, newest.level, newest.accepted_by
    from unnest(${[...ids]}::uuid[]) asked (id), lateral (
      select case jsonb_typeof(result -> 'findings') when 'array' then result -> 'findings' else '[]' end as findings,
        result ->> 'level' as level, result ->> 'acceptedBy' as accepted_by
      from step_results where work_order_id = asked.id and step = 'verifying'
      order by finished_at desc limit 1) newest`.execute(query);
  return new Map(rows.map(({ workOrderId, ...judgement }) => [workOrderId, judgement]));
}
