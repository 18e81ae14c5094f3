import { describeIssue, describePull, describeRepository, issueOf } from './describe.ts';
import { headsIn, isAncestor } from './git-side.ts';
import type { Pull, Repository, User } from './state.ts';
import type { World } from './world.ts';

const noSha = '0'.repeat(40);

/** After a push or a merge: what GitHub does when branches move. */
export function noticeHeads(world: World, repository: Repository, by: User): void {
  const before = repository.heads;
  repository.heads = headsIn(repository.path);
  for (const branch of new Set([...before.keys(), ...repository.heads.keys()])) {
    const [old, now] = [before.get(branch), repository.heads.get(branch)];
    if (old === now) continue;
    world.tell(repository, 'push', null, by, () => describePush(world, repository, { branch, old, now, by }));
    for (const pull of repository.pulls.values()) {
      if (issueOf(repository, pull.number).state !== 'open') continue;
      if (pull.headBranch === branch) headMoved(world, repository, pull, now, by);
      else if (pull.baseBranch === branch) baseMoved(world, repository, pull, now, by);
    }
  }
}

function headMoved(
  world: World,
  repository: Repository,
  pull: Pull,
  now: string | undefined,
  by: User,
): void {
  if (now === undefined) {
    closePull(world, repository, pull, by);
    return;
  }
  if (world.lies.headReads > 0) {
    world.lies.lateHeads.set(pull.number, { sha: pull.headSha, reads: world.lies.headReads });
  }
  const before = pull.headSha;
  pull.headSha = now;
  pull.baseSha = repository.heads.get(pull.baseBranch) ?? pull.baseSha;
  pull.queuedAt = null;
  issueOf(repository, pull.number).updatedAt = world.now();
  world.lies.unknownMergeable.set(pull.number, world.lies.mergeableReads);
  notifyOfPull(world, repository, pull, 'synchronize', by, { before, after: now });
}

/** A head that somebody pushed to the base is merged, whoever did it. */
function baseMoved(
  world: World,
  repository: Repository,
  pull: Pull,
  now: string | undefined,
  by: User,
): void {
  world.lies.unknownMergeable.set(pull.number, world.lies.mergeableReads);
  if (now === undefined) closePull(world, repository, pull, by);
  else if (isAncestor(repository.path, pull.headSha, now))
    markMerged(world, repository, pull, { sha: now, by });
}

export function closePull(world: World, repository: Repository, pull: Pull, by: User): void {
  const issue = issueOf(repository, pull.number);
  issue.state = 'closed';
  issue.closedAt = world.now();
  issue.updatedAt = world.now();
  pull.autoMerge = null;
  pull.queuedAt = null;
  notifyOfPull(world, repository, pull, 'closed', by);
}

export function markMerged(
  world: World,
  repository: Repository,
  pull: Pull,
  merge: { sha: string; by: User },
): void {
  pull.mergedAt = world.now();
  pull.mergedBy = merge.by;
  pull.mergeSha = merge.sha;
  closePull(world, repository, pull, merge.by);
  if (pull.baseBranch === repository.settings.defaultBranch) closeNamed(world, repository, pull, merge.by);
}

/** https://docs.github.com/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue */
const closingWords = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d+)\b/gi;

/** Merged into the default branch, a pull request closes the issues that its text says it closes. */
function closeNamed(world: World, repository: Repository, pull: Pull, by: User): void {
  for (const [, number] of (issueOf(repository, pull.number).body ?? '').matchAll(closingWords)) {
    const issue = repository.issues.get(Number(number));
    if (!issue || issue.state === 'closed' || repository.pulls.has(issue.number)) continue;
    Object.assign(issue, { state: 'closed', closedAt: world.now(), updatedAt: world.now() });
    world.tell(repository, 'issues', 'closed', by, () => ({
      issue: describeIssue(world, repository, issue),
    }));
  }
}

export function notifyOfPull(
  world: World,
  repository: Repository,
  pull: Pull,
  action: string,
  by: User,
  more: object = {},
): void {
  world.tell(repository, 'pull_request', action, by, () => ({
    number: pull.number,
    pull_request: describePull(world, repository, pull),
    ...more,
  }));
}

interface Push {
  branch: string;
  old: string | undefined;
  now: string | undefined;
  by: User;
}

function describePush(world: World, repository: Repository, { branch, old, now, by }: Push) {
  const email = `${by.login}@users.noreply.github.com`;
  return {
    ref: `refs/heads/${branch}`,
    before: old ?? noSha,
    after: now ?? noSha,
    created: old === undefined,
    deleted: now === undefined,
    forced: old !== undefined && now !== undefined && !isAncestor(repository.path, old, now),
    base_ref: null,
    commits: [],
    head_commit: null,
    compare: `${world.url}/${repository.fullName}/compare`,
    pusher: { name: by.login, email },
    repository: describeRepository(world, repository),
  };
}
