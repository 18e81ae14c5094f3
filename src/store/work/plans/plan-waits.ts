// What work orders of a running plan wait for: the one that ultimately blocks each, and the state of their spec.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Status, Step } from '../../../domain/transitions.ts';
import type { SpecRunState } from '../../../domain/work-order/spec-run-state.ts';
import type { FailureNote } from '../../../domain/work-order/work-order.ts';
import type { Query } from '../../database.ts';

export interface Blocker {
  id: WorkOrderId;
  planKey: string;
  status: Status;
  step: Step | null;
  heldBy: string | null;
  failure: FailureNote | null;
}

export interface PlanWaits {
  specId: string;
  runState: SpecRunState | null;
  runChangedBy: string | null;
  /** How many others it waits for directly. */
  waitsFor: number;
  /** The blocking work order that waits for none itself; those that need a person come first. Null if there is none. */
  blocker: Blocker | null;
}

/** The work orders among these that have not started because of their plan. */
export async function planWaitsOf(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, PlanWaits>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Omit<PlanWaits, 'blocker'> & { id: WorkOrderId; blocker: Blocker | null }>`
    with recursive waiting as (
      select w.id, w.waits_for, s.id as spec_id, s.run_state, s.run_changed_by
      from work_orders w join specs s on s.id = w.spec_id
      where w.id = any (${[...ids]}::uuid[]) and w.status = 'pending' and w.run = 0
    ), behind (id, other) as (
      select w.id, d.depends_on from waiting w join work_order_dependencies d on d.work_order_id = w.id and d.met_at is null
      union
      select b.id, d.depends_on from behind b join work_orders o on o.id = b.other and o.status = 'pending' and o.waits_for > 0
        join work_order_dependencies d on d.work_order_id = o.id and d.met_at is null
    ), first as (
      select distinct on (b.id) b.id, jsonb_build_object('id', o.id, 'planKey', o.plan_key, 'status', o.status,
        'step', o.step, 'heldBy', o.held_by, 'failure', o.failure) as blocker
      from behind b join work_orders o on o.id = b.other and not (o.status = 'pending' and o.waits_for > 0)
      order by b.id, array_position(array['failed', 'cancelled', 'needs_review'], o.status::text) nulls last,
        o.held_by is null, o.id
    )
    select waiting.*, first.blocker from waiting left join first using (id)`.execute(query);
  return new Map(rows.map(({ id, ...waits }) => [id, waits]));
}
