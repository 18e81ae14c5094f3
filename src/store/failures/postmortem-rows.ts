// The rows of a post-mortem: the failures and events of a work order. If there are many, leaves out the middle
// (R-ESC-8).
import { sql } from 'kysely';
import type { FailureCategory, FailureClass } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { MachineState } from '../../domain/machine/machine-state.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../database.ts';
import type { WorkOrderEventRow } from '../work/work-orders/work-orders.ts';

export interface PostmortemFailure {
  id: string;
  timestamp: Date;
  errorType: string;
  errorMessage: string;
  advice: string | null;
  fingerprint: string;
  failureClass: FailureClass;
  category: FailureCategory;
  step: Step | null;
  runId: string | null;
  recoveryStrategy: string | null;
  recoverySuccess: boolean | null;
  machine: MachineState | null;
}

const columns = sql`id, timestamp, error_type, error_message, metadata ->> 'advice' as advice, fingerprint, failure_class,
  category, step, run_id, recovery_strategy, recovery_success, machine`;

const oldestMax = 25;
const newestMax = 75;

/** Oldest first. */
export async function failuresOf(query: Query, id: WorkOrderId): Promise<PostmortemFailure[]> {
  const { rows } = await sql<PostmortemFailure>`
    select * from (
      (select ${columns} from error_events where work_order_id = ${id} order by timestamp, id limit ${oldestMax})
      union
      (select ${columns} from error_events where work_order_id = ${id} order by timestamp desc, id desc limit ${newestMax})
    ) found order by timestamp, id`.execute(query);
  return rows;
}

/** The oldest failure of the newest run (not an undo) that nothing recovered. */
export async function firstCauseOf(query: Query, id: WorkOrderId): Promise<PostmortemFailure | undefined> {
  const { rows } = await sql<PostmortemFailure>`
    select ${columns} from error_events
    where work_order_id = ${id} and run_id = (select id from runs where work_order_id = ${id} and kind = 'work' order by number desc limit 1)
      and recovery_success is not true
    order by timestamp, id limit 1`.execute(query);
  return rows[0];
}

const oldestEventsMax = 40;
const newestEventsMax = 160;
/** Events that only report normal progress. */
const quiet = ['model.answered', 'session.started', 'step.finished', 'progress', 'service.ready'];

export async function significantEventsOf(
  query: Query,
  id: WorkOrderId,
): Promise<{ events: WorkOrderEventRow[]; leftOut: number }> {
  const chosen = query
    .selectFrom('workOrderEvents')
    .selectAll()
    .where('workOrderId', '=', id)
    .where('kind', 'not in', quiet);
  const oldest = await chosen.orderBy('id').limit(oldestEventsMax).execute();
  const newest = await chosen.orderBy('id', 'desc').limit(newestEventsMax).execute();
  const { count } = await query
    .selectFrom('workOrderEvents')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('workOrderId', '=', id)
    .where('kind', 'not in', quiet)
    .executeTakeFirstOrThrow();
  const byId = new Map([...oldest, ...newest.toReversed()].map((event) => [event.id, event]));
  return { events: [...byId.values()], leftOut: Number(count) - byId.size };
}
