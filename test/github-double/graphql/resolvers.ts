import { canMerge, describeSimplePull, iso, issueOf } from '../describe.ts';
import { describeLineComment, isOutdated } from '../describe-remarks.ts';
import { obstacleTo } from '../merge.ts';
import { enterQueue, leaveQueue, positionOf } from '../merge-queue.ts';
import { notifyOfPull } from '../notice-heads.ts';
import { limitPerHour, resetOf } from '../rate-limit.ts';
import { hasPermission, roleOf } from '../rights.ts';
import type { LineComment, MergeMethod, Pull, Repository, Token } from '../state.ts';
import type { World } from '../world.ts';
import { commitOnBranch } from './commit-on-branch.ts';
import { GraphqlError, type Resolved } from './execute.ts';

// https://docs.github.com/graphql/reference/mutations: what only GraphQL can do

interface Place {
  world: World;
  token: Token;
}

export function rootOf(place: Place, kind: 'query' | 'mutation'): Resolved {
  return kind === 'query' ? queryOf(place) : mutationOf(place);
}

const notAccessible = (token: Token) =>
  new GraphqlError(
    `Resource not accessible by ${token.installation ? 'integration' : 'personal access token'}`,
    'FORBIDDEN',
  );

function queryOf(place: Place): Resolved {
  const { world, token } = place;
  return {
    viewer: { login: token.user.login },
    rateLimit: {
      limit: limitPerHour,
      cost: 1,
      remaining: limitPerHour - 1,
      resetAt: iso(new Date(resetOf(token, world.now()) * 1000)),
    },
    repository: ({ owner, name }) => {
      const repository = world.repositories.get(`${owner}/${name}`.toLowerCase());
      const isVisible =
        repository && (!repository.isPrivate || token.installation || roleOf(repository, token.user.login));
      if (!repository || !isVisible) {
        throw new GraphqlError(
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
          'NOT_FOUND',
        );
      }
      if (!hasPermission(token, ['pull_requests', 'read'])) throw notAccessible(token);
      return {
        id: `R_${repository.id}`,
        nameWithOwner: repository.fullName,
        pullRequest: ({ number }) => {
          const pull = repository.pulls.get(Number(number));
          if (!pull)
            throw new GraphqlError(
              `Could not resolve to a PullRequest with the number of ${number}.`,
              'NOT_FOUND',
            );
          return shownPull(place, repository, pull);
        },
        issue: ({ number }) => {
          const issue = repository.issues.get(Number(number));
          if (!issue)
            throw new GraphqlError(
              `Could not resolve to an Issue with the number of ${number}.`,
              'NOT_FOUND',
            );
          return { lastEditedAt: issue.editedAt && iso(issue.editedAt) };
        },
      };
    },
  };
}

function shownPull(place: Place, repository: Repository, pull: Pull): Resolved {
  const { world } = place;
  const issue = issueOf(repository, pull.number);
  const { autoMerge, number } = pull;
  return {
    id: `PR_${pull.id}`,
    number,
    title: issue.title,
    url: `${world.url}/${repository.fullName}/pull/${number}`,
    state: pull.mergedAt ? 'MERGED' : issue.state.toUpperCase(),
    isDraft: pull.isDraft,
    merged: pull.mergedAt !== null,
    headRefOid: pull.headSha,
    headRefName: pull.headBranch,
    baseRefName: pull.baseBranch,
    mergeable: canMerge(repository, pull) ? 'MERGEABLE' : 'CONFLICTING',
    autoMergeRequest: autoMerge && {
      enabledAt: iso(autoMerge.at),
      mergeMethod: autoMerge.method.toUpperCase(),
    },
    isInMergeQueue: pull.queuedAt !== null,
    mergeQueueEntry: pull.queuedAt && shownEntry(repository, pull),
    reviewThreads: (args) => {
      const threads = repository.lineComments.filter(
        (each) => each.pull === number && each.inReplyTo === null,
      );
      return pageOf(threads, args, (thread) => shownThread(world, repository, pull, thread));
    },
  };
}

function shownEntry(repository: Repository, pull: Pull): Resolved {
  return { id: `MQE_${pull.id}`, position: positionOf(repository, pull), state: 'QUEUED' };
}

function shownThread(world: World, repository: Repository, pull: Pull, thread: LineComment): Resolved {
  const comments = repository.lineComments.filter(
    ({ id, inReplyTo }) => id === thread.id || inReplyTo === thread.id,
  );
  const isOld = isOutdated(repository, pull, thread);
  return {
    id: `PRRT_${thread.id}`,
    isResolved: thread.resolvedBy !== null,
    isOutdated: isOld,
    path: thread.path,
    line: isOld ? null : thread.line,
    resolvedBy: thread.resolvedBy && { login: thread.resolvedBy.login },
    comments: (args) =>
      pageOf(comments, args, ({ id, body, path, author }) => ({
        id: `PRRC_${id}`,
        databaseId: id,
        body,
        path,
        author: { login: author.login },
        url: `${world.url}/${repository.fullName}/pull/${pull.number}#discussion_r${id}`,
      })),
  };
}

const firstMax = 100;

/** A connection without `first` or `last` is refused, and so is one of more than 100. */
function pageOf<T>(all: readonly T[], args: Record<string, unknown>, show: (item: T) => Resolved): Resolved {
  const count = Number(args.first ?? args.last ?? Number.NaN);
  if (Number.isNaN(count))
    throw new GraphqlError('You must provide a `first` or `last` value to properly paginate the connection.');
  if (count > firstMax)
    throw new GraphqlError(
      `Requesting ${count} records on the connection exceeds the \`first\` limit of 100 records.`,
    );
  const start = args.after ? Number(Buffer.from(String(args.after), 'base64').toString('utf8')) : 0;
  const items = all.slice(start, start + count);
  const end = start + items.length;
  const endCursor = items.length > 0 ? Buffer.from(String(end)).toString('base64') : null;
  return {
    totalCount: all.length,
    nodes: items.map(show),
    pageInfo: { hasNextPage: end < all.length, endCursor },
  };
}

function mutationOf(place: Place): Resolved {
  const withInput =
    (act: (input: Record<string, unknown>) => Resolved) =>
    ({ input }: Record<string, unknown>) => {
      const given = input as Record<string, unknown>;
      return {
        clientMutationId: (given.clientMutationId ?? null) as string | null,
        ...(act(given) as object),
      };
    };
  const draft = (isDraft: boolean) =>
    withInput(({ pullRequestId }) => changeDraft(place, String(pullRequestId), isDraft));
  return {
    resolveReviewThread: withInput(({ threadId }) => changeThread(place, String(threadId), true)),
    unresolveReviewThread: withInput(({ threadId }) => changeThread(place, String(threadId), false)),
    enablePullRequestAutoMerge: withInput((input) => enableAutoMerge(place, input)),
    disablePullRequestAutoMerge: withInput(({ pullRequestId }) => {
      const { repository, pull } = pullOf(place, String(pullRequestId));
      pull.autoMerge = null;
      notifyOfPull(place.world, repository, pull, 'auto_merge_disabled', place.token.user);
      return { pullRequest: shownPull(place, repository, pull) };
    }),
    enqueuePullRequest: withInput((input) => {
      const { repository, pull } = pullOf(place, String(input.pullRequestId), 'contents');
      refuseOtherHead(pull, input.expectedHeadOid);
      enterQueue(place.world, repository, pull, place.token.user);
      return { mergeQueueEntry: shownEntry(repository, pull) };
    }),
    dequeuePullRequest: withInput(({ id }) => {
      const { repository, pull } = pullOf(place, String(id), 'contents');
      const mergeQueueEntry = shownEntry(repository, pull);
      leaveQueue(place.world, repository, pull, place.token.user);
      return { mergeQueueEntry };
    }),
    markPullRequestReadyForReview: draft(false),
    convertPullRequestToDraft: draft(true),
    createCommitOnBranch: withInput((input) => {
      const wish = input as unknown as Parameters<typeof commitOnBranch>[3];
      const name = String(wish.branch.repositoryNameWithOwner).toLowerCase();
      const repository = place.world.repositories.get(name);
      if (!repository) throw unresolvable(name);
      if (!mayWrite(place.token, repository, 'contents')) throw notAccessible(place.token);
      return commitOnBranch(place.world, repository, place.token.user, wish);
    }),
  };
}

function unresolvable(id: string): GraphqlError {
  return new GraphqlError(`Could not resolve to a node with the global id of '${id}'`, 'NOT_FOUND');
}

function pullOf({ world, token }: Place, id: string, need: 'contents' | 'pull_requests' = 'pull_requests') {
  for (const repository of world.repositories.values()) {
    const pull = [...repository.pulls.values()].find((each) => `PR_${each.id}` === id);
    if (!pull) continue;
    if (!mayWrite(token, repository, need)) throw notAccessible(token);
    return { repository, pull };
  }
  throw unresolvable(id);
}

function mayWrite(token: Token, repository: Repository, need: 'contents' | 'pull_requests'): boolean {
  if (!hasPermission(token, [need, 'write'])) return false;
  return (
    token.installation !== null || /^(admin|maintain|write)$/.test(roleOf(repository, token.user.login) ?? '')
  );
}

function changeThread({ world, token }: Place, id: string, isResolved: boolean): Resolved {
  for (const repository of world.repositories.values()) {
    const thread = repository.lineComments.find(
      (each) => each.inReplyTo === null && `PRRT_${each.id}` === id,
    );
    const pull = thread && repository.pulls.get(thread.pull);
    if (!thread || !pull) continue;
    if (!mayWrite(token, repository, 'contents')) throw notAccessible(token);
    thread.resolvedBy = isResolved ? token.user : null;
    const action = isResolved ? 'resolved' : 'unresolved';
    world.tell(repository, 'pull_request_review_thread', action, token.user, () => ({
      pull_request: describeSimplePull(world, repository, pull),
      thread: { node_id: id, comments: [describeLineComment(world, repository, thread)] },
    }));
    return { thread: shownThread(world, repository, pull, thread) };
  }
  throw unresolvable(id);
}

function changeDraft(place: Place, id: string, isDraft: boolean): Resolved {
  const { repository, pull } = pullOf(place, id);
  const action = isDraft ? 'converted_to_draft' : 'ready_for_review';
  if (pull.isDraft !== isDraft) {
    pull.isDraft = isDraft;
    notifyOfPull(place.world, repository, pull, action, place.token.user);
  }
  return { pullRequest: shownPull(place, repository, pull) };
}

function refuseOtherHead(pull: Pull, expected: unknown): void {
  if (expected !== undefined && expected !== null && expected !== pull.headSha) {
    throw new GraphqlError('Head sha does not match the expected head sha', 'UNPROCESSABLE');
  }
}

/** Refused where it is not allowed, where nothing is required, and where nothing is left to wait for. */
function enableAutoMerge(place: Place, input: Record<string, unknown>): Resolved {
  const { repository, pull } = pullOf(place, String(input.pullRequestId), 'contents');
  const refuse = (message: string) => new GraphqlError(message, 'UNPROCESSABLE');
  refuseOtherHead(pull, input.expectedHeadOid);
  if (!repository.settings.hasAutoMerge) throw refuse('Auto merge is not allowed for this repository');
  if (issueOf(repository, pull.number).state === 'closed') throw refuse('Pull request is closed');
  if (!repository.protections.has(pull.baseBranch))
    throw refuse('Pull request Protected branch rules not configured for this branch');
  if (obstacleTo(repository, pull) === null) throw refuse('Pull request Pull request is in clean status');
  const method = String(input.mergeMethod ?? 'MERGE').toLowerCase() as MergeMethod;
  pull.autoMerge = { by: place.token.user, method, at: place.world.now() };
  notifyOfPull(place.world, repository, pull, 'auto_merge_enabled', place.token.user);
  return { pullRequest: shownPull(place, repository, pull) };
}
