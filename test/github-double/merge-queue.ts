import { issueOf } from './describe.ts';
import { gitAt, mergeCommit } from './git-side.ts';
import { GraphqlError } from './graphql/execute.ts';
import { mergePull, personOf } from './merge.ts';
import { noticeHeads, notifyOfPull } from './notice-heads.ts';
import type { Pull, Repository, User } from './state.ts';
import type { World } from './world.ts';

// A merge queue tests what the base would be, under a branch of its own, and merges what passes.
// https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue

export function enterQueue(world: World, repository: Repository, pull: Pull, by: User): void {
  if (!repository.settings.hasMergeQueue)
    throw new GraphqlError('Merge queue is not enabled for this branch', 'UNPROCESSABLE');
  if (issueOf(repository, pull.number).state === 'closed')
    throw new GraphqlError('Pull request is closed', 'UNPROCESSABLE');
  if (pull.queuedAt) throw new GraphqlError('Pull request is already in the merge queue', 'UNPROCESSABLE');
  pull.queuedAt = world.now();
  notifyOfPull(world, repository, pull, 'enqueued', by);
  const group = groupOf(world, repository, pull, by);
  if (!group) {
    leaveQueue(world, repository, pull, by);
    return;
  }
  gitAt(repository.path, ['update-ref', `refs/heads/${group.branch}`, group.sha]);
  noticeHeads(world, repository, by);
  world.tell(repository, 'merge_group', 'checks_requested', by, () => ({
    merge_group: describeGroup(pull, group),
  }));
}

/** The commit that would be merged, and the branch that checks see it on. */
function groupOf(world: World, { path, heads }: Repository, pull: Pull, by: User) {
  const base = heads.get(pull.baseBranch) ?? pull.baseSha;
  const message = `Merge pull request #${pull.number}`;
  const sha = mergeCommit({
    path,
    base,
    head: pull.headSha,
    method: 'merge',
    message,
    author: personOf(by),
    at: world.now(),
  });
  return sha === null
    ? null
    : { base, sha, branch: `gh-readonly-queue/${pull.baseBranch}/pr-${pull.number}-${base}` };
}

type Group = NonNullable<ReturnType<typeof groupOf>>;

function describeGroup(pull: Pull, { base, sha, branch }: Group) {
  const by = { name: 'GitHub', email: 'noreply@github.com' };
  const commit = {
    id: sha,
    tree_id: sha,
    message: '',
    timestamp: '2026-01-01T00:00:00Z',
    author: by,
    committer: by,
  };
  return {
    head_sha: sha,
    head_ref: `refs/heads/${branch}`,
    base_sha: base,
    base_ref: `refs/heads/${pull.baseBranch}`,
    head_commit: commit,
  };
}

export function leaveQueue(world: World, repository: Repository, pull: Pull, by: User): void {
  pull.queuedAt = null;
  notifyOfPull(world, repository, pull, 'dequeued', by, { reason: 'MANUAL' });
}

export function positionOf(repository: Repository, pull: Pull): number {
  const queued = [...repository.pulls.values()].filter(({ queuedAt }) => queuedAt !== null);
  const before = queued.filter(
    ({ queuedAt, number }) => Number(queuedAt) < Number(pull.queuedAt) || number < pull.number,
  );
  return before.length + 1;
}

/** What the checks of the merge group said of the first in the queue. */
export function endQueueOf(
  world: World,
  repository: Repository,
  pull: Pull,
  result: 'green' | 'red',
  by: User,
): void {
  const start = `gh-readonly-queue/${pull.baseBranch}/pr-${pull.number}-`;
  for (const [branch, sha] of repository.heads) {
    if (!branch.startsWith(start)) continue;
    gitAt(repository.path, ['update-ref', '-d', `refs/heads/${branch}`]);
    const reason = result === 'green' ? 'merged' : 'invalidated';
    const group = { branch, sha, base: branch.slice(start.length) };
    const told = () => ({ merge_group: describeGroup(pull, group), reason });
    world.tell(repository, 'merge_group', 'destroyed', by, told);
  }
  if (result === 'green') mergePull(world, repository, pull, { by, method: 'merge' });
  else leaveQueue(world, repository, pull, by);
}
