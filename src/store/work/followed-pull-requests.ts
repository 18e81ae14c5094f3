// Pull requests that Moose follows until they are merged or closed, and for a while after: which are due, and what the
// last look found.
import { type Selectable, sql, type Updateable } from 'kysely';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import type { OnForge, PullRequestRow } from './pull-requests.ts';

export type PullRequestKey = OnForge & Pick<PullRequestRow, 'number'>;

/**
 * The pull requests that are due, at most `perHostMax` of each host, so that a busy host never takes the turn of
 * another. Those that wait longest come first.
 */
export async function duePullRequests(
  query: Query,
  { max, perHostMax }: { max: number; perHostMax: number },
): Promise<PullRequestRow[]> {
  const keys = await sql<PullRequestKey>`
    select project_id, host, repository, number from (
      select p.*, row_number() over (partition by host order by next_look_at) as turn
      from pull_requests p where next_look_at <= clock_timestamp()
    ) due where turn <= ${perHostMax} order by turn, next_look_at limit ${max}`.execute(query);
  const rows: PullRequestRow[] = [];
  for (const key of keys.rows) {
    const row = await pullRequestAt(query, key);
    if (row) rows.push(row);
  }
  return rows;
}

export function pullRequestAt(query: Query, key: PullRequestKey): Promise<PullRequestRow | undefined> {
  return query.selectFrom('pullRequests').selectAll().where(isIt(key)).executeTakeFirst();
}

/** Locked until the transaction ends: whoever decides about it decides alone. */
export function lockPullRequest(query: Query, key: PullRequestKey): Promise<PullRequestRow | undefined> {
  return query.selectFrom('pullRequests').selectAll().where(isIt(key)).forUpdate().executeTakeFirst();
}

export interface Look {
  /** Undefined: nobody looks any more. */
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
    .where(isIt(key))
    .execute();
}

/** A look that did not take place, because the forge does not answer: it uses up nothing. */
export async function postponeLook(
  query: Query,
  key: PullRequestKey,
  { delayMs, waitingFor }: { delayMs: number; waitingFor: string },
): Promise<void> {
  await query
    .updateTable('pullRequests')
    .set({ waitingFor, nextLookAt: sql<Date>`clock_timestamp() + ${delayMs}::float8 * interval '1 ms'` })
    .where(isIt(key))
    .where('nextLookAt', 'is not', null)
    .execute();
}

/** Postpones all looks at a host that asks for a pause: its limits hold for every pull request. */
export async function postponeHost(query: Query, host: string, delayMs: number): Promise<void> {
  await sql`update pull_requests set next_look_at = clock_timestamp() + ${delayMs}::float8 * interval '1 ms'
    where host = ${host} and next_look_at < clock_timestamp() + ${delayMs}::float8 * interval '1 ms'`.execute(query);
}

/** Follows the newest pull request of a work order from now on: its checks are those of another commit. */
export async function followFrom(
  query: Query,
  key: PullRequestKey,
  { delayMs, waitingFor }: { delayMs: number; waitingFor: string },
): Promise<void> {
  await saveLook(query, key, {
    nextLookMs: delayMs,
    looksUnchanged: 0,
    change: {
      ...{ waitingFor, verdict: null, verdictSha: null, verdictAt: null, checks: '[]', mergeable: null },
      ...{ mergeQueuedAt: null, pushedAt: sql<Date>`clock_timestamp()` },
    },
  });
}

/** A hint of the forge that something changed: looks now. False if Moose follows none of them. */
export async function hintPullRequests(
  query: Query,
  { host, repository }: { host: string; repository: string },
  by: { numbers: readonly number[]; branches: readonly string[]; shas: readonly string[] },
): Promise<boolean> {
  const { numAffectedRows } = await sql`update pull_requests
    set next_look_at = clock_timestamp(), looks_unchanged = 0
    where host = ${host} and lower(repository) = ${repository.toLowerCase()} and next_look_at is not null
      and (number = any(${[...by.numbers]}::int[]) or head_branch = any(${[...by.branches]}::text[])
        or head_sha = any(${[...by.shas]}::text[]))`.execute(query);
  return (numAffectedRows ?? 0n) > 0n;
}

export type FollowedRow = Selectable<Tables['pullRequests']>;

const isIt =
  ({ projectId, host, repository, number }: PullRequestKey) =>
  // biome-ignore lint/suspicious/noExplicitAny: the builder's type depends on the statement
  (where: any) =>
    where.and({ projectId, host, repository, number });
