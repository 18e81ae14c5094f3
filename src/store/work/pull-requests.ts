import { type Insertable, type Selectable, sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';

export type PullRequestRow = Selectable<Tables['pullRequests']>;

/** Opens the record of a branch's pull request, or updates its head. Each branch has one record. */
export async function upsertPullRequest(
  query: Query,
  draft: Omit<Insertable<Tables['pullRequests']>, 'number' | 'state'>,
): Promise<PullRequestRow> {
  // Numbers have no gaps within a project: the project's row is locked while one is assigned.
  await sql`select 1 from projects where id = ${draft.projectId} for update`.execute(query);
  const next = await query
    .selectFrom('pullRequests')
    .select(sql<number>`coalesce(max(number), 0)::int + 1`.as('number'))
    .where('projectId', '=', draft.projectId)
    .executeTakeFirstOrThrow();
  return query
    .insertInto('pullRequests')
    .values({ ...draft, number: next.number })
    .onConflict((conflict) =>
      conflict.columns(['projectId', 'headBranch']).doUpdateSet((set) => ({
        headSha: set.ref('excluded.headSha'),
        title: set.ref('excluded.title'),
        body: set.ref('excluded.body'),
        state: set
          .case()
          .when('pullRequests.state', '=', 'merged')
          .then('merged' as const)
          .else('open' as const)
          .end(),
        updatedAt: new Date(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function findPullRequest(
  query: Query,
  projectId: string,
  by: { headBranch: string } | { number: number },
): Promise<PullRequestRow | undefined> {
  const select = query
    .selectFrom('pullRequests')
    .selectAll()
    .where('projectId', '=', projectId as PullRequestRow['projectId']);
  return (
    'headBranch' in by
      ? select.where('headBranch', '=', by.headBranch)
      : select.where('number', '=', by.number)
  ).executeTakeFirst();
}

/** Moves a pull request out of `open`; undefined if it was no longer open. */
export function endPullRequest(
  query: Query,
  projectId: string,
  number: number,
  end: { state: 'merged' | 'closed'; mergedSha: string | null },
): Promise<PullRequestRow | undefined> {
  return query
    .updateTable('pullRequests')
    .set({ ...end, updatedAt: new Date() })
    .where('projectId', '=', projectId as PullRequestRow['projectId'])
    .where('number', '=', number)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirst();
}

/** For work orders whose pull request is merged: the branch that it was merged into. */
export async function mergedInto(
  query: Query,
  workOrderIds: readonly PullRequestRow['workOrderId'][],
): Promise<Map<PullRequestRow['workOrderId'], string>> {
  const rows = await query
    .selectFrom('pullRequests')
    .select(['workOrderId', 'baseBranch'])
    .where('workOrderId', 'in', workOrderIds)
    .where('state', '=', 'merged')
    .execute();
  return new Map(rows.map(({ workOrderId, baseBranch }) => [workOrderId, baseBranch]));
}

export interface PushedHead {
  id: WorkOrderId;
  headSha: string;
  /** Where the branch was pushed; null if that is not recorded. */
  remote: string | null;
}

/**
 * The pull requests of these branches, or of this commit if no branch is given; only those with these numbers, if any
 * are given.
 */
export async function listPushedHeads(
  query: Query,
  by: { branches: readonly string[]; numbers: readonly number[]; sha: string | null },
  limit: number,
): Promise<PushedHead[]> {
  const isNumbered = by.numbers.length === 0 ? sql`true` : sql`p.number = any(${[...by.numbers]}::int[])`;
  const isIt =
    by.branches.length === 0
      ? sql`p.head_sha = ${by.sha} and ${isNumbered}`
      : sql`p.head_branch = any(${[...by.branches]}::text[]) and ${isNumbered}`;
  const { rows } = await sql<PushedHead>`
    select p.work_order_id as id, p.head_sha,
      (select e.detail ->> 'remote' from effects e where e.work_order_id = p.work_order_id and e.kind = 'push'
        order by e.id desc limit 1) as remote
    from pull_requests p where ${isIt}
    limit ${limit}`.execute(query);
  return rows;
}
