// Issues that asked for work: each becomes at most one work order, and one comment on it reports the state (R-SEN-5).

import { type ExpressionBuilder, type Insertable, type Selectable, sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { storableText } from '../../storable.ts';
import { findsAny } from '../runs/due-jobs.ts';
import { longestPauseMs } from './forge-limits.ts';
import type { OnForge } from './pull-requests.ts';

export type ForgeIssueRow = Selectable<Tables['forgeIssues']>;
export type IssueKey = OnForge & { number: number };
type AskingIssue = IssueKey &
  Pick<Insertable<Tables['forgeIssues']>, 'url' | 'title' | 'author' | 'labelledBy' | 'labelledAt'>;

export function issueAt(query: Query, key: IssueKey): Promise<ForgeIssueRow | undefined> {
  return query.selectFrom('forgeIssues').selectAll().where(isAt(key)).executeTakeFirst();
}

/** The issue that a work order came from. */
export function issueOf(query: Query, workOrderId: WorkOrderId): Promise<ForgeIssueRow | undefined> {
  return query
    .selectFrom('forgeIssues')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .executeTakeFirst();
}

/** False if it already has a work order: there is only one per issue. Call this in the transaction that submits. */
export async function takeIssue(
  query: Query,
  issue: AskingIssue,
  workOrderId: WorkOrderId,
): Promise<boolean> {
  const taken = { state: 'taken', workOrderId, because: null, nextLookAt: new Date(0) } as const;
  const { numInsertedOrUpdatedRows } = await query
    .insertInto('forgeIssues')
    .values({ ...storable(issue), ...taken })
    .onConflict((conflict) =>
      conflict
        .columns(['projectId', 'host', 'repository', 'number'])
        .doUpdateSet({ ...storable(issue), ...taken })
        .where('forgeIssues.workOrderId', 'is', null),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Records why it does not become a work order, until somebody adds the label again. */
export async function refuseIssue(query: Query, issue: AskingIssue, because: string): Promise<void> {
  const refused = { state: 'refused', because: storableText(because) } as const;
  await query
    .insertInto('forgeIssues')
    .values({ ...storable(issue), ...refused })
    .onConflict((conflict) =>
      conflict
        .columns(['projectId', 'host', 'repository', 'number'])
        .doUpdateSet({ ...storable(issue), ...refused })
        .where('forgeIssues.workOrderId', 'is', null),
    )
    .execute();
}

/** Issues whose report may be outdated; those that have waited longest come first. */
// No wait is longer than a pause of the host: then the clock was set back.
const isDue = sql<boolean>`next_look_at is not null and (next_look_at <= clock_timestamp()
  or next_look_at > clock_timestamp() + ${longestPauseMs} * interval '1 ms')`;

/** Whether `dueIssues` finds any. */
export const hasDueIssue = findsAny(sql`select from forge_issues where ${isDue}`);

export function dueIssues(query: Query, limit: number): Promise<ForgeIssueRow[]> {
  return query
    .selectFrom('forgeIssues')
    .selectAll()
    .where(isDue)
    .orderBy('nextLookAt')
    .limit(limit)
    .execute();
}

/** `nextInMs` null: the issue is no longer checked. `told` absent: the comment is unchanged. */
export async function issueLooked(
  query: Query,
  key: IssueKey,
  { told, nextInMs }: { told?: string; nextInMs: number | null },
): Promise<void> {
  await query
    .updateTable('forgeIssues')
    .set({
      nextLookAt:
        nextInMs === null ? null : sql<Date>`clock_timestamp() + ${nextInMs}::float8 * interval '1 ms'`,
      ...(told === undefined ? {} : { told, toldAt: sql<Date>`clock_timestamp()` }),
    })
    .where(isAt(key))
    .execute();
}

function storable({ url, title, author, ...issue }: AskingIssue) {
  const { projectId, host, repository, number, labelledBy, labelledAt } = issue;
  return {
    projectId,
    host,
    repository,
    number,
    labelledBy,
    labelledAt,
    url: storableText(url),
    title: storableText(title),
    author: storableText(author),
  };
}

const isAt =
  ({ projectId, host, repository, number }: IssueKey) =>
  (where: ExpressionBuilder<Tables, 'forgeIssues'>) =>
    where.and({ projectId, host, repository, number });
