// The known progress of unfinished work: verified facts, finished steps, and observations of its processes. Changes of
// status, retries and `updated_at` are not progress, and are ignored (R-PIPE-12).
import { sql } from 'kysely';
import type { RunId, SessionId, WorkOrderId } from '../../../domain/ids.ts';
import type { SessionPurpose } from '../../../domain/machine/session.ts';
import type { Status, Step, StepState } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { toJson } from '../../storable.ts';
import { waitsForDecision } from '../groups/groups.ts';
import { isSilent, liveExecutors } from './executors.ts';

export interface OpenWork {
  id: WorkOrderId;
  title: string;
  project: string;
  projectId: string;
  status: Status;
  step: Step | null;
  stepState: StepState | null;
  cancelRequestedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  runId: RunId | null;
  runKind: 'work' | 'undo' | null;
  /** The process that carries the run, and whether it is alive and has reported. */
  executor: string | null;
  isExecutorAlive: boolean;
  /** The process has not reported since then, but still holds its work; null if it reports. */
  silentSince: Date | null;
  silentHost: string | null;
  waitingFor: string | null;
  /** What its pull request waits for, according to the last look. */
  pullRequestWaits: string | null;
  wakeAt: Date | null;
  pausedBy: string | null;
  pausedAt: Date | null;
  /** The start of the time in which no machine that took the work had its repository. */
  declinedSince: Date | null;
  sessionName: string | null;
  sessionPurpose: SessionPurpose | null;
  sessionHost: string | null;
  sessionStartedAt: Date | null;
  /** The newest verified fact. */
  factAt: Date | null;
  fact: string | null;
  /** The newest finished step; for an undo, the newest undone effect. */
  stepAt: Date | null;
  finishedStep: string | null;
  /** The newest output of its processes, or the newest change in its worktree. */
  seenAt: Date | null;
  seen: string | null;
  observedAt: Date | null;
  /** When a person last started it; the answer 'wait' does not count. */
  humanAt: Date | null;
  /** Time since the newest of these instants in which the work was neither running nor waiting to be taken up. */
  restedMs: number;
  escalatedAt: Date | null;
}

/** The key of an advisory lock, as `durable/locks.ts` makes it, in hexadecimal digits. */
const lockKey = (name: ReturnType<typeof sql>) =>
  sql`encode(substr(sha256(convert_to('moose:' || ${name}, 'utf8')), 1, 8), 'hex')`;

/**
 * Work orders created before `createdBefore` that wait to be taken up, are running, or are being undone. Work orders
 * that only wait for a person, for an approval or the end of a pause, are not included.
 */
export async function openWork(query: Query, createdBefore: Date, now: Date): Promise<OpenWork[]> {
  const { rows } = await sql<OpenWork>`
    with held as (
      select lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0') as key
      from pg_locks
      where locktype = 'advisory' and objsubid = 1 and granted
        and database = (select oid from pg_database where datname = current_database())
    ), known as (
      select w.id, w.title, p.name as project, w.project_id, w.status, w.step, w.step_state,
        w.cancel_requested_at, w.created_at, w.updated_at,
        r.id as run_id, r.kind as run_kind, r.executor, r.waiting_for, r.wake_at, r.paused_by, r.paused_at, r.declined_since,
        h.is_held and q.heartbeat_at is null as is_executor_alive,
        case when h.is_held then q.heartbeat_at end as silent_since, q.host as silent_host,
        s.name as session_name, s.purpose as session_purpose, s.host as session_host,
        coalesce(s.started_at, s.created_at) as session_started_at,
        (select p.waiting_for from pull_requests p where p.work_order_id = w.id and p.state = 'open'
          order by p.created_at desc limit 1) as pull_request_waits,
        f.at as fact_at, f.fact, d.at as step_at, d.step as finished_step,
        o.progressed_at as seen_at, o.progress as seen, o.observed_at, o.escalated_at,
        (select max(at) from work_order_events e where e.work_order_id = w.id
          and (e.kind in ('resumed', 'approved', 'dependencies.met') or (e.kind = 'transition' and e.actor like 'human:%'))) as human_at
      -- First, so that the server joins only these, and each by an index of its own: an 'or' would read every work order
      -- that there ever was.
      from (select id from work_orders where status in ('pending', 'in_progress')
        union select work_order_id from runs where state = 'running' and kind = 'undo') open
      join work_orders w on w.id = open.id
      join projects p on p.id = w.project_id
      left join lateral (select * from runs where work_order_id = w.id order by number desc limit 1) r on true
      cross join lateral (select
        coalesce(${lockKey(sql`'executor:' || r.executor`)} in (select key from held), false) as is_held) h
      left join executors q on q.id = r.executor
        and exists (select from executors e where e.id = q.id and ${isSilent})
      left join lateral (select * from sessions where work_order_id = w.id and state = 'running' and unreachable_since is null
        order by purpose = 'service', created_at desc limit 1) s on true
      left join lateral (select at, detail ->> 'fact' as fact from work_order_events
        where work_order_id = w.id and fact_key is not null order by id desc limit 1) f on true
      left join lateral (
        select finished_at as at, step::text as step from step_results where work_order_id = w.id and r.kind = 'work'
        union all
        select updated_at, kind from effects where work_order_id = w.id and r.kind = 'undo' and state = 'undone'
        order by at desc limit 1) d on true
      left join progress_observations o on o.work_order_id = w.id
      where (w.created_at <= ${createdBefore} or (h.is_held and q.id is not null)) and w.held_by is null
        and (not w.needs_approval or w.approved_at is not null)
        -- One that waits for others of its plan has no run.
        and (w.spec_id is null or w.run > 0)
        -- A candidate that waits for the decision is not stuck: the others are looked at.
        and not exists (select from group_members m join work_order_groups g on g.id = m.group_id
          where m.work_order_id = w.id and g.kind = 'candidates' and g.decided_at is null and ${waitsForDecision})
        -- Nor is a member of a joint change that waits for the others.
        and not (coalesce(w.settings -> 'group' ->> 'kind' = 'joint', false) and w.step_state = 'running' and r.wake_at is not null
          and r.waiting_for is not null and r.paused_by is null)
    )
    select known.*, coalesce(rested.ms, 0)::float8 as rested_ms
    from known, lateral (select greatest(created_at, fact_at, step_at, seen_at, human_at) as at) since,
      lateral (
        select sum(extract(epoch from coalesce(until, ${now}) - greatest(t.at, since.at))) * 1000 as ms
        from (select e.at, e.to_state ->> 'status' as status, lead(e.at) over (order by e.id) as until
          from work_order_events e where e.work_order_id = known.id and e.kind = 'transition') t
        where t.status not in ('pending', 'in_progress') and known.run_kind is distinct from 'undo'
          and coalesce(until, ${now}) > since.at) rested
    order by created_at`.execute(query);
  return rows;
}

/** How much work is running, and which processes can carry more. */
export interface Traffic {
  liveExecutors: number;
  /** The number of runs that processes carry now, including dead processes. */
  runsUnderWay: number;
  sessionsRunning: number;
  /** The number of running processes of each project. */
  sessionsOfProject: ReadonlyMap<string, number>;
}

export async function trafficNow(query: Query): Promise<Traffic> {
  const { rows } = await sql<{ liveExecutors: number; runsUnderWay: number }>`select
    ${liveExecutors} as live_executors,
    (select count(*) from runs where state = 'running' and executor is not null
      and paused_by is null and wake_at is null)::int as runs_under_way`.execute(query);
  const projects = await sql<{
    projectId: string;
    running: number;
  }>`select w.project_id, count(*)::int as running
    from sessions s join work_orders w on w.id = s.work_order_id where s.state = 'running' and s.unreachable_since is null
    group by w.project_id`.execute(query);
  const sessionsOfProject = new Map(projects.rows.map(({ projectId, running }) => [projectId, running]));
  const sessionsRunning = [...sessionsOfProject.values()].reduce((sum, one) => sum + one, 0);
  return { ...(rows[0] ?? { liveExecutors: 0, runsUnderWay: 0 }), sessionsRunning, sessionsOfProject };
}

export interface WatchedSession {
  id: SessionId;
  workOrderId: WorkOrderId;
  runId: RunId;
  cycle: number;
  purpose: 'agent' | 'check';
  name: string;
  directory: string;
  baseSha: string | null;
  /** The path of the worktree; null if it is not recorded yet. */
  worktreePath: string | null;
  outputBytes: Record<string, number>;
  trees: string[];
  observedAt: Date | null;
}

/** The processes that run on this host, with earlier observations. */
export async function runningSessionsOn(query: Query, host: string, max: number): Promise<WatchedSession[]> {
  const { rows } = await sql<WatchedSession>`
    select s.id, s.work_order_id, s.run_id, s.cycle, s.purpose, s.name, s.directory, w.base_sha,
      e.detail ->> 'worktreePath' as worktree_path,
      coalesce(o.output_bytes, '{}') as output_bytes, coalesce(o.trees, '[]') as trees, o.observed_at
    from sessions s join work_orders w on w.id = s.work_order_id
    left join effects e on e.key = 'worktree:' || w.id || '@' || ${host} and e.state = 'done'
    left join progress_observations o on o.work_order_id = w.id
    where s.state = 'running' and s.unreachable_since is null and s.host = ${host}
    order by o.observed_at nulls first limit ${max}`.execute(query);
  return rows;
}

export interface Observation {
  workOrderId: WorkOrderId;
  outputBytes: Record<string, number>;
  trees: readonly string[];
  observedAt: Date;
  /** The time of new progress; undefined if there was none. */
  progress?: { at: Date; what: string } | undefined;
}

/** The stored time of progress never goes back. */
export async function saveObservation(query: Query, seen: Observation): Promise<void> {
  const { workOrderId, observedAt, progress } = seen;
  await sql`insert into progress_observations as o
      (work_order_id, output_bytes, trees, progressed_at, progress, observed_at)
    values (${workOrderId}, ${toJson(seen.outputBytes)}::jsonb, ${toJson(seen.trees)}::jsonb,
      ${progress?.at ?? null}, ${progress?.what ?? null}, ${observedAt})
    on conflict (work_order_id) do update set
      output_bytes = excluded.output_bytes, trees = excluded.trees, observed_at = excluded.observed_at,
      progress = case when excluded.progressed_at > coalesce(o.progressed_at, '-infinity')
        then excluded.progress else o.progress end,
      progressed_at = greatest(o.progressed_at, excluded.progressed_at)`.execute(query);
}

/** Records that a person was asked about the lack of progress. */
export async function markEscalated(query: Query, workOrderId: WorkOrderId, at: Date): Promise<void> {
  await sql`insert into progress_observations (work_order_id, observed_at, escalated_at)
    values (${workOrderId}, ${at}, ${at})
    on conflict (work_order_id) do update set escalated_at = excluded.escalated_at`.execute(query);
}
