// Finds the work order of a webhook by pull request number and branch, or by branch if there is no number.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import { branchPrefix } from '../../git/branch-name.ts';
import type { Query } from '../../store/database.ts';
import type { ForgeNews } from './read-github-event.ts';

export type Found =
  | {
      found: 'work order';
      id: WorkOrderId /** It speaks of what the pull request shows now. */;
      isCurrent: boolean;
    }
  /** It may be one of ours whose pull request is not recorded yet. */
  | { found: 'not yet'; because: string }
  /** It is about other people's branches. */
  | { found: 'none' };

/** Maximum number of candidates in one webhook; a branch belongs to one work order. */
const candidatesMax = 20;

export async function findWorkOrderOf(query: Query, news: ForgeNews): Promise<Found> {
  const branches = news.branches.filter((name) => name.startsWith(branchPrefix));
  if (branches.length === 0 && !(news.branches.length === 0 && news.numbers.length > 0))
    return { found: 'none' };
  const candidates = await candidatesOf(query, news, branches);
  const ours = candidates.filter(({ remote }) => isRemoteOf(remote, news.repository));
  const [one, another] = ours;
  if (one && !another) return { found: 'work order', id: one.id, isCurrent: one.headSha === news.sha };
  const what = `${news.repository} ${branches[0] ?? `#${news.numbers[0]}`}`;
  // A number without more may be anybody's, and so may an equal branch name in another repository.
  if (another) return { found: 'not yet', because: `More than one work order matches ${what}.` };
  if (branches.length === 0) return { found: 'none' };
  return { found: 'not yet', because: `No pull request for ${what} is recorded yet.` };
}

interface Candidate {
  id: WorkOrderId;
  headSha: string;
  /** Where its branch was pushed; null if unrecorded. */
  remote: string | null;
}

async function candidatesOf(
  query: Query,
  news: ForgeNews,
  branches: readonly string[],
): Promise<Candidate[]> {
  const isNumbered = news.numbers.length === 0 ? sql`true` : sql`p.number = any(${[...news.numbers]}::int[])`;
  const isIt =
    branches.length === 0
      ? sql`p.head_sha = ${news.sha} and ${isNumbered}`
      : sql`p.head_branch = any(${[...branches]}::text[]) and ${isNumbered}`;
  const { rows } = await sql<Candidate>`
    select p.work_order_id as id, p.head_sha,
      (select e.detail ->> 'remote' from effects e where e.work_order_id = p.work_order_id and e.kind = 'push'
        order by e.id desc limit 1) as remote
    from pull_requests p where ${isIt}
    limit ${candidatesMax}`.execute(query);
  return rows;
}

/** A remote without an owner and a name, such as a folder, may be any repository's. */
export function isRemoteOf(remote: string | null, repository: string): boolean {
  const parts = /^(?:[a-z+]+:\/\/(?:[^/@]*@)?[^/]+\/|[^/@:]+@[^/:]+:)(.+?)(?:\.git)?\/?$/i.exec(remote ?? '');
  const path = parts?.[1];
  return path === undefined || path.toLowerCase() === repository;
}
