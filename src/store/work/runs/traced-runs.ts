// The rows that make up the trace of a run (R-UI-5), and the last run whose trace was sent.
import { sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { toJson } from '../../storable.ts';

export interface TracedRun {
  id: RunId;
  workOrderId: WorkOrderId;
  number: number;
  kind: string;
  outcome: string | null;
  createdAt: Date;
  endedAt: Date;
  /** The end in microseconds, as a cursor requires. */
  endedAtText: string;
  title: string;
  project: string;
  agent: string | null;
  failureClass: string | null;
  costNanoUsd: bigint;
}

export interface TracedStep {
  step: string;
  cycle: number;
  startedAt: Date;
  finishedAt: Date;
  isSentBack: boolean;
}
export interface TracedSession {
  id: string;
  purpose: string;
  name: string;
  state: string;
  exitCode: number | null;
  signal: string | null;
  startedAt: Date;
  endedAt: Date;
}
export interface TracedCall {
  id: string;
  serviceName: string;
  provider: string | null;
  model: string | null;
  status: string;
  failure: string | null;
  httpStatus: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  nanoUsd: bigint;
  createdAt: Date;
  settledAt: Date;
}
export interface TracedError {
  id: string;
  code: string;
  message: string;
  failureClass: string;
  timestamp: Date;
}
export interface RunRecord {
  run: TracedRun;
  steps: TracedStep[];
  sessions: TracedSession[];
  calls: TracedCall[];
  errors: TracedError[];
}

const exportedKey = 'telemetry.traces_told';
/** How many rows of each kind are read for a run. */
const rowsMax = 2_000;

export interface ExportedRun {
  endedAt: string;
  id: string;
}

/** The last run whose trace was sent; null if none was. */
export async function exportedUntil(query: Query): Promise<ExportedRun | null> {
  const row = await query
    .selectFrom('systemConfig')
    .select('value')
    .where('key', '=', exportedKey)
    .executeTakeFirst();
  return (row?.value as ExportedRun | undefined) ?? null;
}

export async function markExported(query: Query, exported: ExportedRun): Promise<void> {
  await sql`insert into system_config as c (key, value, updated_by) values (${exportedKey}, ${toJson(exported)}::jsonb, 'moose')
    on conflict (key) do update set value = excluded.value, updated_at = clock_timestamp()`.execute(query);
}

/**
 * The oldest runs that ended after that. Runs of the last moments are left for later, because they may not be committed
 * yet.
 */
export async function endedRuns(query: Query, exported: ExportedRun, limit: number): Promise<TracedRun[]> {
  const { rows } = await sql<TracedRun>`
    select r.id, r.work_order_id, r.number, r.kind, r.outcome, r.created_at, r.ended_at,
      r.ended_at::text as ended_at_text, w.title, p.name as project,
      w.settings ->> 'agent' as agent, w.failure_class, w.cost_nano_usd
    from runs r join work_orders w on w.id = r.work_order_id join projects p on p.id = w.project_id
    where r.state = 'ended' and r.ended_at < clock_timestamp() - interval '2 s'
      and (r.ended_at, r.id) > (${exported.endedAt}::timestamptz, ${exported.id}::uuid)
    order by r.ended_at, r.id limit ${limit}`.execute(query);
  return rows;
}

export async function recordOf(query: Query, run: TracedRun): Promise<RunRecord> {
  const steps = await sql<TracedStep>`
    select step, cycle, started_at, finished_at, result ? 'feedback' as is_sent_back from step_results
    where run_id = ${run.id} order by finished_at limit ${rowsMax}`.execute(query);
  const sessions = await sql<TracedSession>`
    select id, purpose, name, state, exit_code, signal, coalesce(started_at, created_at) as started_at, ended_at
    from sessions where run_id = ${run.id} and ended_at is not null order by created_at limit ${rowsMax}`.execute(
    query,
  );
  const calls = await sql<TracedCall>`
    select id, service_name, provider, model, status, failure, http_status, input_tokens::float8 as input_tokens,
      output_tokens::float8 as output_tokens, coalesce(actual_nano_usd, 0) as nano_usd, created_at, settled_at
    from cost_tracking where run_id = ${run.id} and work_order_id = ${run.workOrderId} and type = 'actual'
      and settled_at is not null order by created_at limit ${rowsMax}`.execute(query);
  const errors = await sql<TracedError>`
    select id, error_type as code, error_message as message, failure_class, timestamp from error_events
    where run_id = ${run.id} and work_order_id = ${run.workOrderId} order by timestamp limit ${rowsMax}`.execute(
    query,
  );
  return { run, steps: steps.rows, sessions: sessions.rows, calls: calls.rows, errors: errors.rows };
}
