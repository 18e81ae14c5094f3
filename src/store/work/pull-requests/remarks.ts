// Reviews and comments on pull requests: each is one row, and its result is written once (R-SEN-5).
import { type ExpressionBuilder, type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import type { OnForge } from './pull-requests.ts';

export type RemarkRow = Selectable<Tables['pullRequestRemarks']>;
export type RemarkState = RemarkRow['state'];
type AtPullRequest = OnForge & { number: number };

export type ToldRemark = Pick<
  Insertable<Tables['pullRequestRemarks']>,
  'key' | 'kind' | 'author' | 'body' | 'writtenAt' | 'editedAt'
> &
  Pick<RemarkRow, 'judgement' | 'sha' | 'path' | 'line' | 'threadId' | 'isResolved' | 'url'>;

/** Stores a remark as the forge reports it. An edit of the remark does not change its result. */
export async function keepRemark(query: Query, at: AtPullRequest, told: ToldRemark): Promise<void> {
  const { projectId, host, repository, number } = at;
  const { body, judgement, line, threadId, isResolved, editedAt } = told;
  await query
    .insertInto('pullRequestRemarks')
    .values({ projectId, host, repository, number, ...told })
    .onConflict((conflict) =>
      conflict
        .columns(['projectId', 'host', 'repository', 'number', 'key'])
        .doUpdateSet({ body, judgement, line, threadId, isResolved, editedAt }),
    )
    .execute();
}

/** Oldest first: all remarks of the pull request, or those in these states. */
export function remarksOf(
  query: Query,
  at: AtPullRequest,
  states?: readonly RemarkState[],
): Promise<RemarkRow[]> {
  return query
    .selectFrom('pullRequestRemarks')
    .selectAll()
    .where(isAt(at))
    .$if(states !== undefined, (each) => each.where('state', 'in', states ?? []))
    .orderBy('writtenAt')
    .orderBy('key')
    .execute();
}

/** False if the remark is no longer in this state, because another process has dealt with it. */
export async function moveRemark(
  query: Query,
  remark: Pick<RemarkRow, 'projectId' | 'host' | 'repository' | 'number' | 'key'>,
  from: RemarkState,
  change: Updateable<Tables['pullRequestRemarks']>,
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('pullRequestRemarks')
    .set({ ...change, actedAt: sql<Date>`clock_timestamp()` })
    .where(isAt(remark))
    .where('key', '=', remark.key)
    .where('state', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * The next look reads remarks that were written after this time, which only grows. It is never in the future: the
 * forge's clock may be set back.
 */
export async function keepReadTo(query: Query, at: AtPullRequest, readTo: Date): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({
      remarksReadTo: sql<Date>`least(clock_timestamp(), greatest(remarks_read_to, ${readTo}::timestamptz))`,
    })
    .where('projectId', '=', at.projectId)
    .where('host', '=', at.host)
    .where('repository', '=', at.repository)
    .where('number', '=', at.number)
    .execute();
}

const isAt =
  ({ projectId, host, repository, number }: AtPullRequest) =>
  (where: ExpressionBuilder<Tables, 'pullRequestRemarks'>) =>
    where.and({ projectId, host, repository, number });
