// Pull requests that Moose follows until they are merged or closed, and for a while after: which are due, and the
// result of the last look (poll).

import { sql, type Updateable } from 'kysely';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';
import { findsAny } from '../runs/due-jobs.ts';
import { isAt, type OnForge, type PullRequestRow } from './pull-requests.ts';

export type PullRequestKey = OnForge & Pick<PullRequestRow, 'number'>;

/** A pull request that a webhook has just named comes before a quiet one that is a minute or two late. */
const headStartS = 5;

/** If the last look is in the future, the clock was set back since; then the time of the next look is wrong too. */
const isDue = sql<boolean>`(next_look_at is not null
  and (next_look_at <= clock_timestamp() or looked_at > clock_timestamp()))`;
/** A failed look does not count as a look, but it corrects a time in the future. */
const lookedAtBefore = sql<Date | null>`least(looked_at, clock_timestamp())`;

/**
 * Returns the pull requests that are due, at most `perHostMax` per host, so that a busy host never delays another. The
 * ones that are latest relative to their interval come first: recently changed ones, and those that a webhook names,
 * before quiet ones. Waiting raises their priority, so each has its turn.
 */
/** Whether `duePullRequests` finds any. */
export const hasDuePullRequest = findsAny(sql`select from pull_requests p where ${isDue}`);

export async function duePullRequests(
  query: Query,
  { max, perHostMax }: { max: number; perHostMax: number },
): Promise<PullRequestRow[]> {
  const keys = await sql<PullRequestKey>`
    select project_id, host, repository, number from (
      select p.*, row_number() over (partition by host order by
        (extract(epoch from clock_timestamp() - least(next_look_at, clock_timestamp())) + ${headStartS}::float8)
          / power(1.5, least(looks_unchanged, 8)) desc) as turn
      from pull_requests p where ${isDue}
    ) due where turn <= ${perHostMax} order by turn, next_look_at limit ${max}`.execute(query);
  const rows: PullRequestRow[] = [];
  for (const key of keys.rows) {
    const row = await pullRequestAt(query, key);
    if (row) rows.push(row);
  }
  return rows;
}

export function pullRequestAt(query: Query, key: PullRequestKey): Promise<PullRequestRow | undefined> {
  return query
    .selectFrom('pullRequests')
    .selectAll()
    .where(isAt(key))
    .where('number', '=', key.number)
    .executeTakeFirst();
}

/** Locked until the transaction ends, so that only one process decides about it. */
export function lockPullRequest(query: Query, key: PullRequestKey): Promise<PullRequestRow | undefined> {
  return query
    .selectFrom('pullRequests')
    .selectAll()
    .where(isAt(key))
    .where('number', '=', key.number)
    .forUpdate()
    .executeTakeFirst();
}

export interface Look {
  /** Undefined: Moose stops looking. */
  nextLookMs: number | undefined;
  looksUnchanged: number;
  change?: Omit<Updateable<Tables['pullRequests']>, 'nextLookAt' | 'lookedAt' | 'looksUnchanged'>;
}

/** Stores what a look found, and when the next one is due. */
export async function saveLook(query: Query, key: PullRequestKey, look: Look): Promise<void> {
  const { nextLookMs, looksUnchanged, change = {} } = look;
  await query
    .updateTable('pullRequests')
    .set({
      ...change,
      looksUnchanged,
      lookedAt: sql<Date>`clock_timestamp()`,
      nextLookAt:
        nextLookMs === undefined
          ? null
          : sql<Date>`clock_timestamp() + ${nextLookMs}::float8 * interval '1 ms'`,
    })
    .where(isAt(key))
    .where('number', '=', key.number)
    .execute();
}

/** Postpones a look because the forge did not answer; uses up nothing of the work order. */
export async function postponeLook(
  query: Query,
  key: PullRequestKey,
  { delayMs, waitingFor }: { delayMs: number; waitingFor: string },
): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({
      waitingFor,
      nextLookAt: sql<Date>`clock_timestamp() + ${delayMs}::float8 * interval '1 ms'`,
      lookedAt: lookedAtBefore,
    })
    .where(isAt(key))
    .where('number', '=', key.number)
    .where('nextLookAt', 'is not', null)
    .execute();
}

/** Postpones all looks at a host that asks for a pause: its limits hold for every pull request. */
export async function postponeHost(
  query: Query,
  host: string,
  { delayMs, waitingFor }: { delayMs: number; waitingFor: string },
): Promise<void> {
  await sql`update pull_requests set next_look_at = clock_timestamp() + ${delayMs}::float8 * interval '1 ms',
      waiting_for = case when waiting_for is not null then ${waitingFor} end, looked_at = ${lookedAtBefore}
    where host = ${host} and next_look_at is not null
      and (next_look_at < clock_timestamp() + ${delayMs}::float8 * interval '1 ms' or looked_at > clock_timestamp())`.execute(
    query,
  );
}

/** Follows the newest pull request of a work order from now on: its checks are those of another commit. */
export async function followFrom(
  query: Query,
  key: PullRequestKey,
  { delayMs, waitingFor, followed }: { delayMs: number; waitingFor: string; followed: object },
): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({
      waitingFor,
      verdict: null,
      verdictSha: null,
      verdictAt: null,
      checks: '[]',
      mergeable: null,
      mergeQueuedAt: null,
      looksUnchanged: 0,
      followed: toJson(followed),
      pushedAt: sql<Date>`clock_timestamp()`,
      nextLookAt: sql<Date>`clock_timestamp() + ${delayMs}::float8 * interval '1 ms'`,
    })
    .where(isAt(key))
    .where('number', '=', key.number)
    .execute();
}

export async function keepFollowed(query: Query, key: PullRequestKey, followed: object): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({ followed: toJson(followed) })
    .where(isAt(key))
    .where('number', '=', key.number)
    .execute();
}

/**
 * Stops following the pull requests of a cancelled work order, which people decide about now. A pull request that the
 * forge will, or may, merge by itself is checked once more, so that the merge is withdrawn.
 */
export async function stopFollowing(query: Query, workOrderId: PullRequestRow['workOrderId']): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({
      nextLookAt: sql<Date | null>`case when coalesce(merge_queued_at, merge_asked_at) is not null and state = 'open'
        then clock_timestamp() end`,
      waitingFor: null,
    })
    .where('workOrderId', '=', workOrderId)
    .execute();
}

/** Makes a pull request due now if the forge will or may merge it automatically: a person has stopped its work order. */
export async function lookAtQueued(query: Query, workOrderId: PullRequestRow['workOrderId']): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({ nextLookAt: sql<Date>`clock_timestamp()`, looksUnchanged: 0 })
    .where('workOrderId', '=', workOrderId)
    .where('state', '=', 'open')
    .where(sql<boolean>`coalesce(merge_queued_at, merge_asked_at) is not null`)
    .execute();
}

/** What work orders wait for, in words, according to the last look. */
export async function waitingForOf(
  query: Query,
  workOrderIds: readonly PullRequestRow['workOrderId'][],
): Promise<Map<PullRequestRow['workOrderId'], string>> {
  const rows = await query
    .selectFrom('pullRequests')
    .select(['workOrderId', 'waitingFor'])
    .where('workOrderId', 'in', workOrderIds)
    .where('state', '=', 'open')
    .where('waitingFor', 'is not', null)
    .orderBy('createdAt')
    .execute();
  return new Map(rows.map(({ workOrderId, waitingFor }) => [workOrderId, waitingFor ?? '']));
}
