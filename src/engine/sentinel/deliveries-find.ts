// Finds the pull requests that a webhook is about. It may arrive before its pull request is recorded.
import { branchPrefix } from '../../git/refs/branch-name.ts';
import type { Query } from '../../store/database.ts';
import { type Hinted, hintedPullRequests } from '../../store/work/pull-requests/hinted-pull-requests.ts';
import type { ForgeHint } from '../ports/forge.ts';

export type Found =
  | { found: 'pull requests'; pulls: Hinted[] }
  /** The webhook names a branch of Moose whose pull request is not recorded yet. */
  | { found: 'not yet'; because: string }
  /** The webhook is about other people's work. */
  | { found: 'none' };

/** Beyond this number, pull requests wait for their next regular look. */
const pullsMax = 200;

export async function findHinted(query: Query, hint: ForgeHint): Promise<Found> {
  const branches = hint.branches.filter((name) => name.startsWith(branchPrefix));
  // Such a commit may also be the tip of somebody else's branch.
  const shas = hint.branches.length > 0 && branches.length === 0 ? [] : hint.shas;
  const by = { ...hint, branches, shas, isWhole: hint.about === 'rights' };
  const candidates = await hintedPullRequests(query, by, pullsMax);
  const pulls = candidates.filter((pull) => pull.host === hint.host || isRemoteOf(pull.remote, hint));
  if (pulls.length > 0) return { found: 'pull requests', pulls };
  if (branches.length === 0) return { found: 'none' };
  const because = `No pull request for ${hint.host}/${hint.repository} ${branches[0]} is recorded yet.`;
  return { found: 'not yet', because };
}

/** A remote without a host, such as a folder, may belong to any repository: a webhook is only a hint to look. */
export function isRemoteOf(
  remote: string | null,
  { host, repository }: Pick<ForgeHint, 'host' | 'repository'>,
): boolean {
  const parts = /^(?:[a-z+]+:\/\/(?:[^/@]*@)?([^/]+)\/|[^/@:]+@([^/:]+):)(.+?)(?:\.git)?\/?$/i.exec(
    remote ?? '',
  );
  if (!parts) return true;
  const [, ofUrl, ofScp, path] = parts;
  return (ofUrl ?? ofScp)?.toLowerCase() === host && path?.toLowerCase() === repository;
}
