// The pull requests that a webhook refers to, and when the forge is asked about them again (R-SEN-2, R-SEN-7).
import { sql } from 'kysely';
import { localHost } from '../../../domain/forge/forge.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

export interface Hinted {
  projectId: string;
  host: string;
  repository: string;
  number: number;
  workOrderId: WorkOrderId;
  /** For a pull request of the local forge: where its branch was pushed; null if that is not recorded. */
  remote: string | null;
}

/**
 * Pull requests of this repository by number, branch or commit; all of them if `isWhole`. Pull requests of the local
 * forge have their own numbers, and only their remote identifies the repository.
 */
export async function hintedPullRequests(
  query: Query,
  by: {
    host: string;
    repository: string;
    numbers: readonly number[];
    branches: readonly string[];
    shas: readonly string[];
    isWhole: boolean;
  },
  limit: number,
): Promise<Hinted[]> {
  const byCommit = sql`(p.head_branch = any(${[...by.branches]}::text[]) or p.head_sha = any(${[...by.shas]}::text[]))`;
  const { rows } = await sql<Hinted>`
    select p.project_id, p.host, p.repository, p.number, p.work_order_id,
      case when p.host = ${localHost} then (select e.detail ->> 'remote' from effects e
        where e.work_order_id = p.work_order_id and e.kind = 'push' order by e.id desc limit 1) end as remote
    from pull_requests p
    where p.host = ${localHost} and ${byCommit}
      or p.host = ${by.host} and lower(p.repository) = ${by.repository}
        and (${by.isWhole}::boolean or p.number = any(${[...by.numbers]}::int[]) or ${byCommit})
    order by p.state = 'open' desc, p.created_at desc
    limit ${limit}`.execute(query);
  return rows;
}

/**
 * After a merge, the others of Moose's own forge may no longer merge into the base branch: they are due at once. Forges
 * report that themselves.
 */
export async function lookAtNeighbours(query: Query, workOrderId: WorkOrderId): Promise<void> {
  await sql`update pull_requests p set next_look_at = clock_timestamp(), looks_unchanged = 0
    from pull_requests merged
    where merged.work_order_id = ${workOrderId} and p.project_id = merged.project_id and p.host = ${localHost}
      and p.base_branch = merged.base_branch and p.state = 'open' and p.next_look_at > clock_timestamp()`.execute(
    query,
  );
}

/** Makes these pull requests due at once, except those that Moose no longer follows. */
export async function lookSoon(
  query: Query,
  pulls: readonly Pick<Hinted, 'projectId' | 'host' | 'repository' | 'number'>[],
): Promise<void> {
  for (const { projectId, host, repository, number } of pulls)
    await sql`update pull_requests set next_look_at = clock_timestamp(), looks_unchanged = 0
      where project_id = ${projectId} and host = ${host} and repository = ${repository} and number = ${number}
        and next_look_at > clock_timestamp()`.execute(query);
}
