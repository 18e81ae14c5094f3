import { type ExpressionBuilder, type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { localHost } from '../../../domain/forge/forge.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

export type PullRequestRow = Selectable<Tables['pullRequests']>;

/** The repository on a forge; the local forge has the host `local` and no repository. */
export interface OnForge {
  projectId: PullRequestRow['projectId'];
  host: string;
  repository: string;
}

/**
 * Opens the local forge's pull request of a branch, or updates its head. A closed pull request is opened
 * again; a merged one stays merged, and newer commits get another pull request.
 */
export async function openLocalPullRequest(
  query: Query,
  draft: Omit<Insertable<Tables['pullRequests']>, 'number' | 'state' | 'host' | 'repository'>,
): Promise<PullRequestRow> {
  // Numbers have no gaps within a project: the project's row is locked while one is assigned.
  await sql`select 1 from projects where id = ${draft.projectId} for update`.execute(query);
  const at = { projectId: draft.projectId, host: localHost, repository: '' };
  const before = await findPullRequest(query, at, draft);
  const isMerged = before?.state === 'merged';
  if (before && !(isMerged && before.headSha !== draft.headSha)) {
    const { headSha, title, body } = draft;
    const state = isMerged ? 'merged' : 'open';
    return query
      .updateTable('pullRequests')
      .set({ headSha, title, body, state, updatedAt: new Date() })
      .where(isAt(at))
      .where('number', '=', before.number)
      .returningAll()
      .executeTakeFirstOrThrow();
  }
  const next = await query
    .selectFrom('pullRequests')
    .select(sql<number>`coalesce(max(number), 0)::int + 1`.as('number'))
    .where(isAt(at))
    .executeTakeFirstOrThrow();
  return query
    .insertInto('pullRequests')
    .values({ ...draft, ...at, number: next.number })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Records a pull request as its forge reports it; keeps what Moose itself recorded about it. */
export function recordPullRequest(
  query: Query,
  told: OnForge &
    Pick<
      Insertable<Tables['pullRequests']>,
      'number' | 'workOrderId' | 'title' | 'body' | 'headBranch' | 'headSha' | 'baseBranch' | 'baseSha'
    > &
    Pick<PullRequestRow, 'state' | 'mergedSha' | 'url' | 'isDraft' | 'mergeable'>,
): Promise<PullRequestRow> {
  const { workOrderId: _, baseSha: __, ...changed } = told;
  return query
    .insertInto('pullRequests')
    .values(told)
    .onConflict((conflict) =>
      conflict
        .columns(['projectId', 'host', 'repository', 'number'])
        .doUpdateSet({ ...changed, updatedAt: sql<Date>`clock_timestamp()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Undefined if there is none. */
export function changePullRequest(
  query: Query,
  at: OnForge,
  number: number,
  change: Updateable<Tables['pullRequests']>,
): Promise<PullRequestRow | undefined> {
  return query
    .updateTable('pullRequests')
    .set({ ...change, updatedAt: sql<Date>`clock_timestamp()` })
    .where(isAt(at))
    .where('number', '=', number)
    .returningAll()
    .executeTakeFirst();
}

/** By branch: the open one, otherwise the newest. */
export function findPullRequest(
  query: Query,
  at: OnForge,
  by: { headBranch: string; baseBranch?: string } | { number: number },
): Promise<PullRequestRow | undefined> {
  const select = query.selectFrom('pullRequests').selectAll().where(isAt(at));
  if ('number' in by) return select.where('number', '=', by.number).executeTakeFirst();
  const { headBranch, baseBranch } = by;
  return select
    .where('headBranch', '=', headBranch)
    .$if(baseBranch !== undefined, (each) => each.where('baseBranch', '=', baseBranch ?? ''))
    .orderBy(sql`state = 'open'`, 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The open pull request of a work order, otherwise its newest. */
export function pullRequestOf(query: Query, workOrderId: WorkOrderId): Promise<PullRequestRow | undefined> {
  return query
    .selectFrom('pullRequests')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy(sql`state = 'open'`, 'desc')
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Moves a pull request out of `open`; undefined if it was no longer open. */
export function endPullRequest(
  query: Query,
  at: OnForge,
  number: number,
  end: { state: 'merged' | 'closed'; mergedSha: string | null },
): Promise<PullRequestRow | undefined> {
  return query
    .updateTable('pullRequests')
    .set({ ...end, updatedAt: new Date() })
    .where(isAt(at))
    .where('number', '=', number)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirst();
}

/** The pull requests of one repository. */
export const isAt =
  ({ projectId, host, repository }: OnForge) =>
  (where: ExpressionBuilder<Tables, 'pullRequests'>) =>
    where.and({ projectId, host, repository });

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

/** Whether the branch is that of an open pull request of the project on a forge. */
export async function isHeadOfOpen(
  query: Query,
  projectId: PullRequestRow['projectId'],
  branch: string,
): Promise<boolean> {
  const row = await query
    .selectFrom('pullRequests')
    .select('number')
    .where('projectId', '=', projectId)
    .where('headBranch', '=', branch)
    .where('state', '=', 'open')
    .where('host', '<>', localHost)
    .executeTakeFirst();
  return row !== undefined;
}
