// Finds the work order of a webhook by pull request number and branch, or by branch if there is no number.
import type { WorkOrderId } from '../../domain/ids.ts';
import { branchPrefix } from '../../git/branch-name.ts';
import type { Query } from '../../store/database.ts';
import { listPushedHeads } from '../../store/work/pull-requests.ts';
import type { ForgeNews } from './read-github-event.ts';

export type Found =
  | {
      found: 'work order';
      id: WorkOrderId;
      /** True if the webhook is about the pull request's current commit. */
      isCurrent: boolean;
    }
  /** The webhook may belong to a work order whose pull request is not recorded yet. */
  | { found: 'not yet'; because: string }
  /** The webhook is about other people's branches. */
  | { found: 'none' };

/** Maximum number of candidates per webhook; a branch belongs to one work order. */
const candidatesMax = 20;

export async function findWorkOrderOf(query: Query, news: ForgeNews): Promise<Found> {
  const branches = news.branches.filter((name) => name.startsWith(branchPrefix));
  if (branches.length === 0 && !(news.branches.length === 0 && news.numbers.length > 0))
    return { found: 'none' };
  const candidates = await listPushedHeads(query, { ...news, branches }, candidatesMax);
  const ours = candidates.filter(({ remote }) => isRemoteOf(remote, news.repository));
  const [one, another] = ours;
  if (one && !another) return { found: 'work order', id: one.id, isCurrent: one.headSha === news.sha };
  const what = `${news.repository} ${branches[0] ?? `#${news.numbers[0]}`}`;
  // A number alone may be anybody's, and so may the same branch name in another repository.
  if (another) return { found: 'not yet', because: `More than one work order matches ${what}.` };
  if (branches.length === 0) return { found: 'none' };
  return { found: 'not yet', because: `No pull request for ${what} is recorded yet.` };
}

/** A remote without an owner and a name, such as a folder, may be any repository's. */
export function isRemoteOf(remote: string | null, repository: string): boolean {
  const parts = /^(?:[a-z+]+:\/\/(?:[^/@]*@)?[^/]+\/|[^/@:]+@[^/:]+:)(.+?)(?:\.git)?\/?$/i.exec(remote ?? '');
  const path = parts?.[1];
  return path === undefined || path.toLowerCase() === repository;
}
