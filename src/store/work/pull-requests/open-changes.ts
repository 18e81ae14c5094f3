// The open, verified changes of a project: those that will be merged into the same branch (R-GREEN-11).
import { sql } from 'kysely';
import type { ProjectId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

export interface OpenChange {
  workOrderId: WorkOrderId;
  title: string;
  /** Null: it is about to be opened. */
  number: number | null;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  /** When its pull request was opened, or when it was verified. */
  since: Date;
}

/** The oldest count: those that were published first. */
const changesMax = 64;

/**
 * Pull requests that Moose opened, and changes that it is about to publish; candidates are not among these, because most
 * of them are given up. Oldest first.
 */
export async function openChanges(query: Query, projectId: ProjectId): Promise<OpenChange[]> {
  const { rows } = await sql<OpenChange>`
    with changes as (
      select w.id as work_order_id, w.title, p.number, p.head_branch,
        coalesce(p.followed ->> 'pushedSha', p.head_sha) as head_sha, p.base_branch, p.created_at as since
      from pull_requests p join work_orders w on w.id = p.work_order_id
      where p.project_id = ${projectId} and p.state = 'open'
      union all
      select w.id, w.title, null, w.branch, a.result ->> 'headSha', w.base_branch, v.finished_at
      from work_orders w
      join lateral (select result, finished_at from step_results s where s.work_order_id = w.id and s.step = 'verifying'
        order by finished_at desc limit 1) v on true
      join lateral (select result from step_results s where s.work_order_id = w.id and s.step = 'applying'
        order by finished_at desc limit 1) a on true
      where w.project_id = ${projectId} and w.status = 'in_progress' and w.step = 'creating_pr'
        and w.branch is not null and w.base_branch is not null and w.settings -> 'group' ->> 'kind' is distinct from 'candidates'
        and not exists (select 1 from pull_requests p where p.work_order_id = w.id and p.state = 'open')
    )
    select c.* from changes c
    join lateral (select result from step_results s where s.work_order_id = c.work_order_id and s.step = 'verifying'
      order by finished_at desc limit 1) v on true
    where (v.result ->> 'isVerified')::boolean and v.result ->> 'acceptedBy' is null
    order by c.since, c.work_order_id limit ${changesMax}`.execute(query);
  return rows;
}

/** The changes that were merged into this branch, newest first. */
export function mergedChanges(
  query: Query,
  projectId: ProjectId,
  baseBranch: string,
): Promise<Array<Pick<OpenChange, 'workOrderId' | 'title' | 'headSha'> & { number: number }>> {
  return query
    .selectFrom('pullRequests')
    .innerJoin('workOrders', 'workOrders.id', 'pullRequests.workOrderId')
    .select(['workOrders.id as workOrderId', 'workOrders.title', 'number', 'headSha'])
    .where('pullRequests.projectId', '=', projectId)
    .where('pullRequests.baseBranch', '=', baseBranch)
    .where('pullRequests.state', '=', 'merged')
    .orderBy('pullRequests.updatedAt', 'desc')
    .limit(changesMax)
    .execute();
}
