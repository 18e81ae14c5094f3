// Whether a pull request with a recorded number is still the work order's own: in another repository, or in one that was
// created again under its name, that number belongs to somebody else. Pure.
import type { PullRequest } from '../ports/forge.ts';

/** On some forges, a pull request names a deleted branch by a reference. */
export function isOtherBranch({ headBranch }: Pick<PullRequest, 'headBranch'>, branch: string): boolean {
  return headBranch !== branch && !headBranch.startsWith('refs/');
}
