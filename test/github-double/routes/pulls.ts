import {
  type Answer,
  actorOf,
  bodyOf,
  type Call,
  created,
  listed,
  noContent,
  numberIn,
  ok,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { describePull, describeSimplePull, issueOf } from '../describe.ts';
import { countCommits, isAncestor, mergeCommit, triedGit } from '../git-side.ts';
import { personOf } from '../merge.ts';
import { closePull, noticeHeads, notifyOfPull } from '../notice-heads.ts';
import { custom, notFound, Refusal, refuseLongBody, validationFailed } from '../refusal.ts';
import type { Issue, Pull, Repository } from '../state.ts';
import type { World } from '../world.ts';
import { newIssue } from './issues.ts';

// https://docs.github.com/rest/pulls/pulls

export const pullRoutes: Routes = {
  'GET /repos/{owner}/{repo}/pulls': list,
  'POST /repos/{owner}/{repo}/pulls': create,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': get,
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': update,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/merge': isMerged,
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch': updateBranch,
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': ofCommit,
};

export function pullOf(call: Call): Pull {
  const pull = repositoryOf(call).pulls.get(numberIn(call, 'pull_number'));
  if (!pull) throw notFound();
  return pull;
}

function get(call: Call): Answer {
  return ok(describePull(call.world, repositoryOf(call), pullOf(call)));
}

function list(call: Call): Answer {
  const { world, query } = call;
  const repository = repositoryOf(call);
  const state = query.get('state') ?? 'open';
  const isWanted = (pull: Pull) =>
    (state === 'all' || issueOf(repository, pull.number).state === state) &&
    (!query.has('base') || pull.baseBranch === query.get('base')) &&
    isOfHead(repository, pull, query.get('head'));
  const sorted = inOrder(repository, [...repository.pulls.values()].filter(isWanted), query);
  return listed(call, sorted, (pull) => describeSimplePull(world, repository, pull));
}

/** A head without an owner is not looked at: GitHub then sends the pull requests of all branches. */
function isOfHead(repository: Repository, pull: Pull, head: string | null): boolean {
  if (head === null || !head.includes(':')) return true;
  return head.toLowerCase() === `${repository.owner.login}:${pull.headBranch}`.toLowerCase();
}

function inOrder(repository: Repository, pulls: Pull[], query: URLSearchParams): Pull[] {
  const issue = (pull: Pull): Issue => issueOf(repository, pull.number);
  const at = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const direction = (query.get('direction') ?? (query.has('sort') ? 'asc' : 'desc')) === 'asc' ? 1 : -1;
  return pulls.sort(
    (a, b) => direction * (issue(a)[at].getTime() - issue(b)[at].getTime() || a.number - b.number),
  );
}

interface NewPull {
  title?: string;
  head: string;
  base: string;
  body?: string | null;
  draft?: boolean;
}

function create(call: Call): Answer {
  const { world } = call;
  const repository = repositoryOf(call);
  const wanted = bodyOf<NewPull>(call);
  const [base, head] = [repository.heads.get(wanted.base), headOf(world, repository, wanted.head)];
  const invalid = [...(head ? [] : ['head']), ...(base ? [] : ['base'])];
  if (!head || !base) {
    throw validationFailed(...invalid.map((field) => ({ resource: 'PullRequest', field, code: 'invalid' })));
  }
  if (countCommits(repository.path, base, head.sha) === 0) {
    const owner = wanted.head.includes(':') ? `${repository.owner.login}:` : '';
    throw validationFailed(
      custom('PullRequest', `No commits between ${owner}${wanted.base} and ${owner}${head.branch}`),
    );
  }
  refuseSecond(world, repository, { headBranch: head.branch, baseBranch: wanted.base });
  refuseLongBody('Issue', wanted.body);
  if (wanted.draft && !repository.settings.hasDrafts) {
    throw validationFailed(
      custom('PullRequest', 'Draft pull requests are not supported in this repository.'),
    );
  }
  if (!wanted.title)
    throw validationFailed({ resource: 'PullRequest', field: 'title', code: 'missing_field' });
  const issue = newIssue(world, repository, {
    title: wanted.title,
    body: wanted.body ?? null,
    author: actorOf(call),
  });
  const pull: Pull = {
    id: world.nextId(),
    number: issue.number,
    headBranch: head.branch,
    headSha: head.sha,
    baseBranch: wanted.base,
    baseSha: base,
    isDraft: wanted.draft ?? false,
    mergedAt: null,
    mergedBy: null,
    mergeSha: null,
    autoMerge: null,
    queuedAt: null,
  };
  repository.pulls.set(issue.number, pull);
  world.lies.unknownMergeable.set(pull.number, world.lies.mergeableReads);
  notifyOfPull(world, repository, pull, 'opened', issue.author);
  return created(describePull(world, repository, pull));
}

/** `branch` or `OWNER:branch`. A branch that was just pushed may be unknown for a moment. */
function headOf(world: World, repository: Repository, head: string): { branch: string; sha: string } | null {
  const [owner, branch] = head.includes(':') ? head.split(':', 2) : [repository.owner.login, head];
  const sha = branch === undefined ? undefined : repository.heads.get(branch);
  if (!branch || !sha || owner?.toLowerCase() !== repository.owner.login.toLowerCase()) return null;
  if (world.lies.unknownHeads > 0) {
    world.lies.unknownHeads -= 1;
    return null;
  }
  return { branch, sha };
}

/** One open pull request for a head and a base. The code is `custom`, not `already_exists`. */
function refuseSecond(
  { lies }: World,
  repository: Repository,
  { headBranch, baseBranch }: { headBranch: string; baseBranch: string },
): void {
  if (lies.opensTwice) return;
  const isSame = (pull: Pull) => pull.headBranch === headBranch && pull.baseBranch === baseBranch;
  if (
    ![...repository.pulls.values()].some(
      (pull) => isSame(pull) && issueOf(repository, pull.number).state === 'open',
    )
  )
    return;
  const name = `${repository.owner.login}:${headBranch}`;
  throw validationFailed(custom('PullRequest', `A pull request already exists for ${name}.`));
}

interface Change {
  title?: string;
  body?: string;
  state?: 'open' | 'closed';
  base?: string;
}

function update(call: Call): Answer {
  const { world } = call;
  const [repository, pull, change, by] = [
    repositoryOf(call),
    pullOf(call),
    bodyOf<Change>(call),
    actorOf(call),
  ];
  const issue = issueOf(repository, pull.number);
  refuseLongBody('Issue', change.body);
  if (change.state === 'open' && issue.state === 'closed') reopen(call, repository, pull);
  issue.title = change.title ?? issue.title;
  issue.body = change.body ?? issue.body;
  if (change.base !== undefined) moveBase(repository, pull, change.base);
  issue.updatedAt = world.now();
  if (change.title ?? change.body ?? change.base)
    notifyOfPull(world, repository, pull, 'edited', by, { changes: {} });
  if (change.state === 'closed' && issue.state === 'open') closePull(world, repository, pull, by);
  return ok(describePull(world, repository, pull));
}

function moveBase(repository: Repository, pull: Pull, base: string): void {
  const sha = repository.heads.get(base);
  if (!sha) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  pull.baseBranch = base;
  pull.baseSha = sha;
}

/** Only while the branch is at, or descends from, the commit at which it was closed. */
function reopen(call: Call, repository: Repository, pull: Pull): void {
  const issue = issueOf(repository, pull.number);
  const refuse = (why: string) =>
    validationFailed({
      resource: 'PullRequest',
      code: 'invalid',
      field: 'state',
      message: `state cannot be changed. ${why}`,
    });
  const head = repository.heads.get(pull.headBranch);
  if (pull.mergedAt) throw refuse('The pull request cannot be reopened.');
  if (head === undefined) throw refuse(`The ${pull.headBranch} branch has been deleted.`);
  if (!isAncestor(repository.path, pull.headSha, head)) {
    throw refuse(`The ${pull.headBranch} branch was force-pushed or recreated.`);
  }
  refuseSecond(call.world, repository, pull);
  pull.headSha = head;
  issue.state = 'open';
  issue.closedAt = null;
  notifyOfPull(call.world, repository, pull, 'reopened', actorOf(call));
}

function isMerged(call: Call): Answer {
  if (!pullOf(call).mergedAt) throw notFound();
  return noContent;
}

/** Merges the base into the head. */
function updateBranch(call: Call): Answer {
  const { world } = call;
  const [repository, pull, by] = [repositoryOf(call), pullOf(call), actorOf(call)];
  const { expected_head_sha: expected } = bodyOf<{ expected_head_sha?: string }>(call);
  if (expected !== undefined && expected !== pull.headSha) {
    throw new Refusal(422, `expected head sha didn’t match current head ref.`);
  }
  const [base, { path }] = [repository.heads.get(pull.baseBranch) ?? pull.baseSha, repository];
  if (isAncestor(path, base, pull.headSha))
    throw new Refusal(422, 'There are no new commits on the base branch.');
  const message = `Merge branch '${pull.baseBranch}' into ${pull.headBranch}`;
  const merge = {
    path,
    base: pull.headSha,
    head: base,
    method: 'merge',
    message,
    author: personOf(by),
    at: world.now(),
  } as const;
  const sha = mergeCommit(merge);
  if (sha === null) throw new Refusal(422, 'merge conflict between base and head');
  triedGit(path, ['update-ref', `refs/heads/${pull.headBranch}`, sha]);
  noticeHeads(world, repository, by);
  return {
    status: 202,
    body: {
      message: 'Updating pull request branch.',
      url: `${world.api}/repos/${repository.fullName}/pulls/${pull.number}`,
    },
  };
}

/** Open ones with the commit, and the merged one that brought it to the default branch. */
function ofCommit(call: Call): Answer {
  const repository = repositoryOf(call);
  const sha = call.params.commit_sha ?? '';
  const pulls = [...repository.pulls.values()].filter(
    (pull) => pull.headSha === sha || pull.mergeSha === sha || isWithin(repository, pull, sha),
  );
  return listed(call, pulls, (pull) => describeSimplePull(call.world, repository, pull));
}

function isWithin({ path }: Repository, pull: Pull, sha: string): boolean {
  return isAncestor(path, sha, pull.headSha) && !isAncestor(path, sha, pull.baseSha);
}
