// Reads the processes that run work orders, their runs, and the runs that wait for a process (R-DIST-3). The SQL is
// plain text, because `moose doctor` uses a separate connection.

import { sql } from 'kysely';
import type { LimitsOfMachine } from '../../../domain/agents/abilities.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { leaseMs } from './executors.ts';

/** How long a machine is shown after its last process has ended. */
const shownHours = 24;
const processesMax = 1_000;
const carriedMax = 1_000;
const waitingMax = 500;

export interface WorkerProcess {
  id: string;
  host: string;
  /** Distinguishes machines with the same name; empty for processes of an older version. */
  machine: string;
  pid: number;
  labels: string[];
  startedAt: Date;
  heardAt: Date;
  drainingSince: Date | null;
  /** Null if it does not report them. */
  limits: LimitsOfMachine | null;
  /** Null while the process runs. */
  endedAt: Date | null;
  /** True if the process holds its locks and has reported within the length of a lease. */
  isLive: boolean;
}

/** Running processes and recently ended ones, newest first. */
export const processesSql = `select e.id, e.host, e.machine, e.pid, e.labels, e.abilities -> 'limits' as limits,
    e.started_at as "startedAt", e.heartbeat_at as "heardAt", e.draining_since as "drainingSince", e.ended_at as "endedAt",
    e.ended_at is null and e.taken_over_at is null
      and e.heartbeat_at >= clock_timestamp() - ${leaseMs} * interval '1 millisecond'
      and exists (select from pg_stat_activity a where a.pid = e.lock_backend
        and a.application_name = 'moose locks' and a.datname = current_database()) as "isLive"
  from executors e
  where coalesce(e.ended_at, e.heartbeat_at) > clock_timestamp() - ${shownHours} * interval '1 hour'
  order by e.started_at desc limit ${processesMax}`;

export interface RunUnderWay {
  executor: string;
  id: WorkOrderId;
  title: string;
  project: string;
  step: Step | null;
}

const carriedSql = `select r.executor, w.id, w.title, p.name as project, w.step
  from runs r join work_orders w on w.id = r.work_order_id join projects p on p.id = w.project_id
  where r.state = 'running' and r.executor is not null and r.wake_at is null
  order by r.created_at limit ${carriedMax}`;

export interface WaitingRun {
  id: WorkOrderId;
  title: string;
  project: string;
  labelsOfProject: string[] | null;
  labelsOfOrder: string[] | null;
  /** The machines that have declined the run, and the reason of the last one. */
  declinedBy: string[];
  because: string | null;
  since: Date;
}

/** Runs that wait for a machine, oldest first; not those that wait for anything else. */
export const waitingSql = `select w.id, w.title, p.name as project,
    p.settings -> 'labels' as "labelsOfProject", w.settings -> 'labels' as "labelsOfOrder",
    r.declined_by as "declinedBy",
    case when r.declined_since is not null then r.waiting_for end as because,
    coalesce(r.declined_since, r.created_at) as since
  from runs r join work_orders w on w.id = r.work_order_id join projects p on p.id = w.project_id
  where r.state = 'running' and r.executor is null and r.paused_by is null and w.held_by is null
    and (not w.needs_approval or w.approved_at is not null)
    and (r.declined_since is not null or (r.wake_at is null and r.waiting_for is null))
  order by since limit ${waitingMax}`;

export async function workerProcesses(query: Query): Promise<WorkerProcess[]> {
  return (await sql.raw<WorkerProcess>(processesSql).execute(query)).rows;
}

export async function runsUnderWay(query: Query): Promise<RunUnderWay[]> {
  return (await sql.raw<RunUnderWay>(carriedSql).execute(query)).rows;
}

export async function waitingRuns(query: Query): Promise<WaitingRun[]> {
  return (await sql.raw<WaitingRun>(waitingSql).execute(query)).rows;
}
