// The history of one work order, for its page: the newest of each kind, without long texts, and their number.
import { sql } from 'kysely';
import type { FailureCategory, FailureClass, Severity } from '../../../domain/failure.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Step, StepState } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';

export interface StepResultRow {
  runId: string;
  cycle: number;
  step: Step;
  startedAt: Date;
  finishedAt: Date;
  /** The result, without the edits of a proposal and the output of checks. */
  result: Record<string, unknown>;
}

const planChars = 400;

/** The results, newest first. */
export async function stepResultsWithoutText(
  query: Query,
  id: WorkOrderId,
  limit: number,
): Promise<StepResultRow[]> {
  const { rows } = await sql<StepResultRow>`
    select run_id, cycle, step, started_at, finished_at,
      case step
        when 'generating' then jsonb_build_object('model', result -> 'model', 'plan', left(result #>> '{proposal,plan}', ${planChars}::int),
          'edits', case jsonb_typeof(result #> '{proposal,edits}') when 'array' then jsonb_array_length(result #> '{proposal,edits}') end)
        when 'verifying' then (result - 'feedback') || jsonb_build_object('checks', case jsonb_typeof(result -> 'checks') when 'array'
          then (select coalesce(jsonb_agg(one - 'outputTail'), '[]') from jsonb_array_elements(result -> 'checks') one) else '[]' end)
        else result - 'feedback' end
      || jsonb_build_object('feedback', left(result #>> '{feedback,summary}', ${planChars}::int)) as result
    from step_results where work_order_id = ${id} order by finished_at desc limit ${limit}`.execute(query);
  return rows;
}

export interface CheckRow {
  runId: string;
  cycle: number;
  kind: string;
  command: string;
  passed: boolean | null;
  durationMs: number | null;
  outputTail: string;
  /** The failures that also happen without the change; null if the check counts against the change. */
  redBefore: string[] | null;
}

const redTailChars = 8_000;
const greenTailChars = 1_000;

/** The checks of the newest `limit` rounds, newest round first. */
export async function checksOf(query: Query, id: WorkOrderId, limit: number): Promise<CheckRow[]> {
  const { rows } = await sql<CheckRow>`
    select run_id, cycle, one ->> 'kind' as kind, one ->> 'command' as command, (one ->> 'passed')::boolean as passed,
      (one ->> 'durationMs')::float8 as duration_ms,
      case jsonb_typeof(one -> 'redBefore') when 'array' then one -> 'redBefore' end as red_before,
      coalesce(right(one ->> 'outputTail', case one ->> 'passed' when 'true' then ${greenTailChars}::int else ${redTailChars}::int end), '') as output_tail
    from (select run_id, cycle, finished_at, result from step_results
      where work_order_id = ${id} and step = 'verifying' order by finished_at desc limit ${limit}) newest,
      jsonb_array_elements(case jsonb_typeof(result -> 'checks') when 'array' then result -> 'checks' else '[]' end)
        with ordinality as each (one, place)
    order by finished_at desc, place`.execute(query);
  return rows;
}

export interface StepEntry {
  at: Date;
  step: Step;
  stepState: StepState | null;
  /** Why the state changed. */
  reason: string;
}

/** Changes of state, newest first. */
export async function stepEntriesOf(query: Query, id: WorkOrderId, limit: number): Promise<StepEntry[]> {
  const { rows } = await sql<StepEntry>`
    select at, to_state ->> 'step' as step, to_state ->> 'step_state' as step_state, reason from work_order_events
    where work_order_id = ${id} and kind = 'transition' and to_state ->> 'step' is not null
    order by id desc limit ${limit}`.execute(query);
  return rows;
}

export interface ErrorRow {
  id: string;
  timestamp: Date;
  errorType: string;
  errorMessage: string;
  advice: string | null;
  model: string | null;
  operation: string;
  failureClass: FailureClass;
  category: FailureCategory;
  severity: Severity;
  rule: string | null;
  confidence: number | null;
  step: Step | null;
  runId: string | null;
  sessionId: string | null;
  recoveryStrategy: string | null;
  recoverySuccess: boolean | null;
  retryCount: number;
}

/** The errors, newest first, without their stacks. */
export async function newestErrorsOf(query: Query, id: WorkOrderId, limit: number): Promise<ErrorRow[]> {
  const { rows } = await sql<ErrorRow>`
    select id, timestamp, error_type, error_message, metadata ->> 'advice' as advice, metadata ->> 'model' as model, operation,
      failure_class, category, severity, rule, confidence, step, run_id, session_id, recovery_strategy, recovery_success, retry_count
    from error_events where work_order_id = ${id} order by timestamp desc, id desc limit ${limit}`.execute(
    query,
  );
  return rows;
}

/** Envelopes and calls, newest first, without leases that are in use: their calls are listed. */
export function newestCostsOf(query: Query, id: WorkOrderId, limit: number) {
  return query
    .selectFrom('costTracking')
    .select(['id', 'type', 'status', 'serviceName', 'model', 'reservedNanoUsd', 'actualNanoUsd', 'runId'])
    .select(['sessionId', 'failure', 'createdAt', 'settledAt'])
    .where('workOrderId', '=', id)
    .where((where) => where.or([where('isLease', '=', false), where('status', '<>', 'sent')]))
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
}
export type CallRow = Awaited<ReturnType<typeof newestCostsOf>>[number];

export function newestDecisionsOf(query: Query, id: WorkOrderId, limit: number) {
  return query
    .selectFrom('decisionLogs')
    .selectAll()
    .where('workOrderId', '=', id)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export type DecisionRow = Awaited<ReturnType<typeof newestDecisionsOf>>[number];

export function newestEffectsOf(query: Query, id: WorkOrderId, limit: number) {
  return query
    .selectFrom('effects')
    .selectAll()
    .where('workOrderId', '=', id)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export interface Totals {
  events: number;
  errors: number;
  sessions: number;
  costs: number;
  decisions: number;
  effects: number;
}

export async function countHistory(query: Query, id: WorkOrderId): Promise<Totals> {
  const { rows } = await sql<Totals>`select
    (select count(*)::int from work_order_events where work_order_id = ${id}) as events,
    (select count(*)::int from error_events where work_order_id = ${id}) as errors,
    (select count(*)::int from sessions where work_order_id = ${id}) as sessions,
    (select count(*)::int from cost_tracking where work_order_id = ${id}) as costs,
    (select count(*)::int from decision_logs where work_order_id = ${id}) as decisions,
    (select count(*)::int from effects where work_order_id = ${id}) as effects`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('A count has no row');
  return row;
}

export interface SpanCost {
  calls: number;
  nanoUsd: bigint;
}

/** The sums of the calls in each span of a run, in the order of `spans`; a span without an end is still running. */
export async function costsOfSpans(
  query: Query,
  id: WorkOrderId,
  spans: ReadonlyArray<{ runId: string; from: Date; to: Date | null }>,
): Promise<SpanCost[]> {
  if (spans.length === 0) return [];
  const { rows } = await sql<SpanCost>`
    select count(c.id)::int as calls, coalesce(sum(c.actual_nano_usd), 0)::bigint as nano_usd
    from unnest(${spans.map(({ runId }) => runId)}::uuid[], ${spans.map(({ from }) => from.toISOString())}::timestamptz[],
        ${spans.map(({ to }) => to?.toISOString() ?? 'infinity')}::timestamptz[])
      with ordinality as span (run_id, begins_at, ends_at, place)
    left join cost_tracking c on c.work_order_id = ${id} and c.run_id = span.run_id and c.type = 'actual'
      and c.status <> 'cancelled' and c.created_at >= span.begins_at and c.created_at < span.ends_at
    group by span.place order by span.place`.execute(query);
  return rows;
}

/** The sums of the calls of each process. */
export async function costsOfSessions(query: Query, ids: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await sql<{
    id: string;
    nanoUsd: bigint;
  }>`select session_id as id, sum(actual_nano_usd)::bigint as nano_usd
    from cost_tracking where session_id = any (${[...ids]}::uuid[]) and actual_nano_usd is not null group by session_id`.execute(
    query,
  );
  return new Map(rows.map(({ id, nanoUsd }) => [id, nanoUsd]));
}
