// The facts about one machine in the tables, in a few statements whatever the number of work orders (R-SES-7).
import { type RawBuilder, sql } from 'kysely';
import type { ProjectId, SessionId, WorkOrderId } from '../../../domain/ids.ts';
import type { SessionPurpose, SessionState } from '../../../domain/machine/session.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { type Effect, liveWorktrees, worktreesNamed } from '../sessions/effects.ts';
import { endsWith } from '../work-orders/called.ts';

const hasRun = sql<boolean>`exists (select from runs r where r.work_order_id = w.id and r.state = 'running')`;

export interface WorktreeFact {
  key: string;
  state: Effect['state'];
  workOrderId: WorkOrderId;
  repositoryPath: string;
  worktreePath: string;
  branch: string | null;
  status: Status;
  hasRun: boolean;
  changedAt: Date;
}

const worktreeFields = sql`e.key, e.state, w.id as work_order_id, e.detail ->> 'repositoryPath' as repository_path,
  e.detail ->> 'worktreePath' as worktree_path, e.detail ->> 'branch' as branch, w.status, ${hasRun} as has_run,
  greatest(e.updated_at, w.updated_at) as changed_at`;

/** The worktrees that should be on this machine, and all that ever were in a folder with one of these names. */
export async function worktreeFacts(
  query: Query,
  host: string,
  names: readonly string[],
): Promise<WorktreeFact[]> {
  const { rows } = await sql<WorktreeFact>`
    select ${worktreeFields} from effects e join work_orders w on w.id = e.work_order_id
    where e.id in (${liveWorktrees(host)} union ${worktreesNamed(host, names)})
      and e.detail ? 'repositoryPath'`.execute(query);
  return rows;
}

/** All worktrees that these work orders ever had on this machine. */
export async function worktreesOfOrders(
  query: Query,
  host: string,
  ids: readonly WorkOrderId[],
): Promise<WorktreeFact[]> {
  const { rows } = await sql<WorktreeFact>`
    select ${worktreeFields} from effects e join work_orders w on w.id = e.work_order_id
    where e.work_order_id = any (${[...ids]}::uuid[]) and e.kind = 'worktree' and e.detail ->> 'host' = ${host}
      and e.detail ? 'repositoryPath'`.execute(query);
  return rows;
}

/** The repositories that worktrees of this machine were ever made from. Reads one entry of the index for each. */
export async function repositoryPathsOn(query: Query, host: string): Promise<string[]> {
  const least = (
    condition: RawBuilder<unknown>,
  ) => sql`select min(detail ->> 'repositoryPath') as path from effects
    where kind = 'worktree' and detail ->> 'host' = ${host} and ${condition}`;
  const { rows } = await sql<{ path: string }>`
    with recursive found as (
      (${least(sql`detail ->> 'repositoryPath' is not null`)})
      union all
      select further.path from found
        cross join lateral (${least(sql`detail ->> 'repositoryPath' > found.path`)}) further
      where found.path is not null)
    select path from found where path is not null`.execute(query);
  return rows.map(({ path }) => path);
}

export interface BranchFact {
  workOrderId: WorkOrderId;
  projectId: ProjectId;
  status: Status;
  hasRun: boolean;
  changedAt: Date;
  repositoryPath: string;
  branch: string;
  branchState: Effect['state'];
  pushState: Effect['state'] | null;
  /** The commit of the change, as made on this machine. */
  headSha: string | null;
  /** The commit that was pushed. */
  pushedSha: string | null;
  hasOpenPullRequest: boolean;
  /** The number of the newest open pull request; null if there is none. */
  openPullRequest: number | null;
}

/** Work that waits for a person or whose pull request is open; or work whose branch was deleted, here or on the remote. */
export type Branches = 'in use' | 'undone';

const ordersWith: Readonly<Record<Branches, RawBuilder<unknown>>> = {
  'in use': sql`select id from work_orders where status = 'needs_review'
    union select work_order_id from pull_requests where state = 'open'`,
  undone: sql`select distinct work_order_id as id from effects where state = 'undone' and kind in ('branch', 'push')`,
};

export interface UndoneBranch {
  workOrderId: WorkOrderId;
  repositoryPath: string;
  branch: string;
  /** Whether the work had a change, which is kept. */
  hasChange: boolean;
}

/** The branches of work that was undone, on all machines; only this much of each, because they become ever more. */
export async function undoneBranches(query: Query): Promise<UndoneBranch[]> {
  const { rows } = await sql<UndoneBranch>`
    select e.work_order_id, e.detail ->> 'repositoryPath' as repository_path, e.detail ->> 'branch' as branch,
      exists (select from step_results s where s.work_order_id = e.work_order_id and s.step = 'applying'
        and s.result ->> 'headSha' is not null) as has_change
    from effects e where e.state = 'undone' and e.kind = 'branch' and e.detail ? 'repositoryPath' and e.detail ? 'branch'`.execute(
    query,
  );
  return rows;
}

/** The branches of these work orders, as far as they had a worktree on this machine. */
export async function branchFacts(
  query: Query,
  host: string,
  which: Branches | readonly WorkOrderId[],
): Promise<BranchFact[]> {
  const ids = typeof which === 'string' ? ordersWith[which] : sql`select unnest(${[...which]}::uuid[]) as id`;
  const { rows } = await sql<BranchFact>`
    select w.id as work_order_id, w.project_id, w.status, ${hasRun} as has_run,
      greatest(w.updated_at, b.updated_at, p.updated_at) as changed_at,
      b.detail ->> 'repositoryPath' as repository_path, b.detail ->> 'branch' as branch, b.state as branch_state,
      p.state as push_state, p.detail ->> 'sha' as pushed_sha, h.head_sha,
      q.number as open_pull_request, q.number is not null as has_open_pull_request
    from (${ids}) compared join work_orders w on w.id = compared.id
      cross join lateral (select from effects e
        where e.work_order_id = w.id and e.kind = 'worktree' and e.detail ->> 'host' = ${host} limit 1) here
      -- Each by its key: the server expects more undone work than there is, and would read all effects.
      cross join lateral (select * from effects where key = 'branch:' || w.id limit 1) b
      left join lateral (select * from effects where key = 'push:' || w.id limit 1) p on true
      left join lateral (select s.result ->> 'headSha' as head_sha
        from step_results s join runs n on n.id = s.run_id where s.work_order_id = w.id and s.step = 'applying'
        order by n.number desc, s.cycle desc limit 1) h on true
      left join lateral (select max(number) as number from pull_requests
        where work_order_id = w.id and state = 'open') q on true
    where b.detail ? 'repositoryPath' and b.detail ? 'branch'`.execute(query);
  return rows;
}

/** Returns the short IDs that belong to a work order. */
export async function knownShortIds(query: Query, shortIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ short: string }>`
    select given.short from unnest(${[...shortIds]}::text[]) as given (short)
      cross join lateral (select from work_orders w where ${endsWith('w', sql`given.short`)} limit 1) w`.execute(
    query,
  );
  return new Set(rows.map(({ short }) => short));
}

export interface SessionFact {
  id: SessionId;
  workOrderId: WorkOrderId;
  purpose: SessionPurpose;
  name: string;
  state: SessionState;
  host: string;
  directory: string;
  handle: Record<string, unknown> | null;
  viewer: string | null;
  unreachableSince: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  hasRun: boolean;
  createdAt: Date;
}

const sessionFields = sql`s.id, s.work_order_id, s.purpose, s.name, s.state, s.host, s.directory, s.handle, s.viewer,
  s.unreachable_since, s.started_at, s.ended_at, s.created_at,
  exists (select from runs r where r.id = s.run_id and r.state = 'running') as has_run`;

/** Sessions of this machine that are running according to their rows. */
export async function openSessionsOn(
  query: Query,
  { host, machine }: { host: string; machine: string },
): Promise<SessionFact[]> {
  const { rows } = await sql<SessionFact>`select ${sessionFields} from sessions s
    where s.state in ('intended', 'running') and s.host = ${host} and s.machine in ('', ${machine})
      and s.unreachable_since is null order by s.created_at`.execute(query);
  return rows;
}

/** The sessions with these IDs; names that are not IDs match none. */
export async function sessionsNamed(query: Query, ids: readonly string[]): Promise<Map<string, SessionFact>> {
  const { rows } = await sql<SessionFact>`select ${sessionFields} from sessions s
    where s.id = any (${[...ids]}::uuid[])`.execute(query);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Sessions of this machine that ended between these times: their files should be on this machine. */
export async function sessionsEndedOn(
  query: Query,
  given: { host: string; machine: string; after: Date; before: Date },
): Promise<Array<{ id: SessionId; workOrderId: WorkOrderId; name: string; directory: string }>> {
  const { rows } = await sql<{ id: SessionId; workOrderId: WorkOrderId; name: string; directory: string }>`
    select s.id, s.work_order_id, s.name, s.directory from sessions s
    where s.state in ('exited', 'stopped', 'lost') and s.host = ${given.host}
      and s.machine = ${given.machine} and s.ended_at > ${given.after} and s.ended_at < ${given.before}
      and s.handle is not null`.execute(query);
  return rows;
}

/** Processes of Moose that have not ended according to their rows. */
export async function openExecutorsOn(
  query: Query,
  { host, machine, before }: { host: string; machine: string; before: Date },
): Promise<Array<{ id: string; pid: number; heartbeatAt: Date }>> {
  const { rows } = await sql<{ id: string; pid: number; heartbeatAt: Date }>`
    select id, pid, heartbeat_at from executors where ended_at is null and host = ${host}
      and machine = ${machine} and heartbeat_at < ${before}`.execute(query);
  return rows;
}

export interface ProjectFact {
  id: ProjectId;
  repositoryPath: string | null;
  remoteAddress: string | null;
  isRemoved: boolean;
  hasOpenWork: boolean;
}

export async function projectFacts(query: Query): Promise<ProjectFact[]> {
  const { rows } = await sql<ProjectFact>`select p.id, p.repository_path, p.remote_address,
      p.removed_at is not null as is_removed,
      exists (select from work_orders w where w.project_id = p.id
        and w.status in ('pending', 'in_progress', 'needs_review')) as has_open_work
    from projects p`.execute(query);
  return rows;
}

export interface OpenPullRequest {
  projectId: ProjectId;
  host: string;
  repository: string;
  number: number;
  workOrderId: WorkOrderId;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  isFollowed: boolean;
}

/** Pull requests that are open according to their rows, in a stable order. */
export async function openPullRequests(
  query: Query,
  { isLocal, before, max }: { isLocal: boolean; before: Date; max: number },
): Promise<OpenPullRequest[]> {
  const { rows } = await sql<OpenPullRequest>`
    select project_id, host, repository, number, work_order_id, head_branch, head_sha, base_branch,
      next_look_at is not null as is_followed
    from pull_requests where state = 'open' and (host = 'local') = ${isLocal} and updated_at < ${before}
    order by project_id, number limit ${max}`.execute(query);
  return rows;
}

export interface UnproposedBranch {
  workOrderId: WorkOrderId;
  projectId: ProjectId;
  branch: string;
}

/** Pushed branches without a pull request, of work that is not being carried out. */
export async function unproposedBranches(
  query: Query,
  { before, max }: { before: Date; max: number },
): Promise<UnproposedBranch[]> {
  const { rows } = await sql<UnproposedBranch>`
    select w.id as work_order_id, w.project_id, e.detail ->> 'branch' as branch
    from effects e join work_orders w on w.id = e.work_order_id
    where e.kind = 'push' and e.state = 'done' and e.detail ? 'branch' and e.updated_at < ${before}
      and w.status in ('in_progress', 'needs_review', 'completed') and not ${hasRun}
      and not exists (select from pull_requests p where p.work_order_id = w.id)
    order by e.id desc limit ${max}`.execute(query);
  return rows;
}
