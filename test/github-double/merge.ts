import { canMerge, issueOf } from './describe.ts';
import { gitAt, isAncestor, mergeCommit, type Person } from './git-side.ts';
import { markMerged, noticeHeads } from './notice-heads.ts';
import { Refusal } from './refusal.ts';
import { stateOfRequired } from './required-checks.ts';
import type { MergeMethod, Pull, Repository, User } from './state.ts';
import type { World } from './world.ts';

const names = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' } as const;

/** Why a pull request cannot be merged now, in GitHub's words; null if it can. */
export function obstacleTo(repository: Repository, pull: Pull): string | null {
  if (issueOf(repository, pull.number).state === 'closed') return 'Pull Request is not mergeable';
  if (pull.isDraft) return 'Pull Request is still a draft';
  if (!canMerge(repository, pull)) return 'Pull Request is not mergeable';
  const protection = repository.protections.get(pull.baseBranch);
  if (!protection) return null;
  const approvals = approvalsOf(repository, pull);
  if (approvals === 'changes requested') return 'Changes have been requested on this pull request.';
  if (approvals < protection.approvals) {
    return `At least ${protection.approvals} approving review is required by reviewers with write access.`;
  }
  const base = repository.heads.get(pull.baseBranch) ?? pull.baseSha;
  if (protection.isStrict && !isAncestor(repository.path, base, pull.headSha)) {
    return 'This branch must not be out-of-date before merging. Update the branch to merge it.';
  }
  return obstacleOfChecks(repository, pull);
}

function obstacleOfChecks(repository: Repository, pull: Pull): string | null {
  const open = stateOfRequired(repository, pull.baseBranch, pull.headSha).filter(
    ({ state }) => state !== 'success',
  );
  const [first] = open;
  if (!first) return null;
  if (open.length > 1) return `${open.length} of ${open[0]?.count} required status checks are expected.`;
  const is = { failure: 'is failing', pending: 'is pending', expected: 'is expected' };
  return `Required status check "${first.context}" ${is[first.state === 'success' ? 'expected' : first.state]}.`;
}

/** The newest judgement of each reviewer with write access counts. */
function approvalsOf(repository: Repository, pull: Pull): number | 'changes requested' {
  const newest = new Map<string, string>();
  for (const { pull: number, author, state } of repository.reviews) {
    const role = author.login === repository.owner.login ? 'admin' : repository.roles.get(author.login);
    const mayWrite = role === 'admin' || role === 'maintain' || role === 'write';
    if (number === pull.number && mayWrite && state !== 'COMMENTED' && state !== 'PENDING')
      newest.set(author.login, state);
  }
  const states = [...newest.values()];
  return states.includes('CHANGES_REQUESTED')
    ? 'changes requested'
    : states.filter((each) => each === 'APPROVED').length;
}

export interface MergeOptions {
  by: User;
  method: MergeMethod;
  expectedSha?: string | undefined;
  title?: string | undefined;
  message?: string | undefined;
}

/** Merges as GitHub does. @throws Refusal 405, 409 */
export function mergePull(world: World, repository: Repository, pull: Pull, wish: MergeOptions): string {
  const { settings } = repository;
  const isAllowed = { merge: settings.mayMerge, squash: settings.maySquash, rebase: settings.mayRebase };
  if (!isAllowed[wish.method])
    throw new Refusal(405, `${names[wish.method]} are not allowed on this repository.`);
  const isOpen = issueOf(repository, pull.number).state === 'open';
  if (isOpen && wish.expectedSha !== undefined && wish.expectedSha !== pull.headSha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  const obstacle = obstacleTo(repository, pull);
  if (obstacle !== null) throw new Refusal(405, obstacle);
  const { path } = repository;
  const base = repository.heads.get(pull.baseBranch) ?? pull.baseSha;
  const message =
    wish.title === undefined
      ? messageOf(repository, pull, wish.method)
      : `${wish.title}\n\n${wish.message ?? ''}`;
  const author = personOf(wish.by);
  const sha = mergeCommit({
    path,
    base,
    head: pull.headSha,
    method: wish.method,
    message,
    author,
    at: world.now(),
  });
  if (sha === null) throw new Refusal(405, 'Pull Request is not mergeable');
  gitAt(path, ['update-ref', `refs/heads/${pull.baseBranch}`, sha, base]);
  markMerged(world, repository, pull, { sha, by: wish.by });
  if (settings.deletesMergedBranches) gitAt(path, ['update-ref', '-d', `refs/heads/${pull.headBranch}`]);
  noticeHeads(world, repository, wish.by);
  return sha;
}

function messageOf(repository: Repository, pull: Pull, method: MergeMethod): string {
  const { title } = issueOf(repository, pull.number);
  if (method === 'squash') return `${title} (#${pull.number})`;
  return `Merge pull request #${pull.number} from ${repository.owner.login}/${pull.headBranch}\n\n${title}`;
}

export function personOf({ login, id }: User): Person {
  return { name: login, email: `${id}+${login}@users.noreply.github.com` };
}

/** Merges what was to be merged once nothing is in its way. */
export function settle(world: World, repository: Repository): void {
  for (const pull of repository.pulls.values()) {
    if (!pull.autoMerge || obstacleTo(repository, pull) !== null) continue;
    mergePull(world, repository, pull, { by: pull.autoMerge.by, method: pull.autoMerge.method });
  }
}
