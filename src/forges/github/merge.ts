// Merges a pull request on GitHub: at once, by auto-merge or through a merge queue, and always at the expected commit.
import { z } from 'zod';
import type { MergeMethod } from '../../domain/forge/forge.ts';
import type { MergeOrder, PullRequest } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { messageIn, readReply, unexpectedAnswer } from '../call-host.ts';
import type { PullRequests } from '../open-once.ts';
import { headMoved, inConflict, notMergeable, notOpen, stillComputing } from '../pull-request-failures.ts';
import { type GitHubApi, GraphqlRefusal } from './api.ts';
import { isMerged, type Pull, toPullRequest } from './read-pull-request.ts';

/** GitHub computes whether it can be merged after each change: ask again, at most for about half a minute. */
const computeDelaysMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000];

const nodeSchema = z.looseObject({});
const autoMerge =
  'mutation($id: ID!, $method: PullRequestMergeMethod, $sha: GitObjectID) { enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method, expectedHeadOid: $sha}) { clientMutationId } }';
const enqueue =
  'mutation($id: ID!, $sha: GitObjectID) { enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $sha}) { clientMutationId } }';

/** GitHub's refusals of auto-merge which mean that there is nothing left to wait for. */
const isReady = /clean status|unstable status|protected branch rules not configured|has_hooks status/i;
const isQueuedAlready = /already (?:in the (?:merge )?queue|queued|enabled)|auto[- ]merge is already/i;
const needsQueue = /merge queue/i;
/** Someone else moved the base branch between GitHub's look and its push. */
const isOvertaken = /base branch was modified|merge already in progress/i;

export async function mergePull(
  api: GitHubApi,
  pulls: PullRequests<Pull>,
  { number, order }: { number: number; order: MergeOrder },
  signal?: AbortSignal,
  wait: typeof sleep = sleep,
): Promise<PullRequest | 'queued'> {
  const pull = await pulls.one(number, 'merge', signal);
  if (isMerged(pull)) return toPullRequest(pull);
  if (pull.state === 'closed') throw notOpen({ number, state: 'closed' }, 'merge');
  if (pull.head.sha !== order.expectedHeadSha) throw headMoved(toPullRequest(pull), order.expectedHeadSha);
  if (order.when === 'checks passed' && (await mergesItself(api, pull, order, signal))) return 'queued';
  for (const delayMs of [...computeDelaysMs, null]) {
    const done = await mergeNow(api, pulls, pull, order, signal);
    if (done !== 'computing') return done;
    if (delayMs === null) break;
    await wait(delayMs, signal);
  }
  throw stillComputing(api, number);
}

/** False if there is nothing left to wait for, so that the caller merges. */
async function mergesItself(
  api: GitHubApi,
  pull: Pull,
  { method: wanted, expectedHeadSha: sha }: MergeOrder,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const method = wanted ?? (await defaultMethod(api, signal));
  const variables = { id: pull.node_id, method: method.toUpperCase(), sha };
  try {
    await api.graphql({ query: autoMerge, variables, read: nodeSchema, isWrite: true, signal });
    return true;
  } catch (cause) {
    if (!(cause instanceof GraphqlRefusal)) throw cause;
    if (isQueuedAlready.test(cause.message)) return true;
    if (isReady.test(cause.message)) return false;
    throw cause;
  }
}

async function mergeNow(
  api: GitHubApi,
  pulls: PullRequests<Pull>,
  pull: Pull,
  order: MergeOrder,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'queued' | 'computing'> {
  const { number } = pull;
  const { expectedHeadSha: sha } = order;
  const method = order.method ?? (await defaultMethod(api, signal));
  const body = { sha, merge_method: method };
  const reply = await api.call({ method: 'PUT', path: `/pulls/${number}/merge`, body, signal });
  if (reply.status === 200) return toPullRequest(await pulls.one(number, 'merge', signal));
  const said = messageIn(reply.body);
  // After a lost answer, the first call may have merged it.
  const current = await pulls.one(number, 'merge', signal);
  if (isMerged(current)) return toPullRequest(current);
  if (reply.status === 409 || current.head.sha !== sha) throw headMoved(toPullRequest(current), sha);
  if (needsQueue.test(said)) {
    await enterQueue(api, current, sha, signal);
    return 'queued';
  }
  if (reply.status !== 405) throw unexpectedAnswer(reply);
  if (isOvertaken.test(said)) return 'computing';
  // Null does not mean false: it is still being computed.
  if ((current.mergeable ?? null) === null && /not mergeable/i.test(said)) return 'computing';
  if (current.mergeable === false && current.mergeable_state === 'dirty')
    throw inConflict(api, number, current.base.ref);
  throw notMergeable(api, number, said);
}

const methodsSchema = z.looseObject({
  allow_squash_merge: z.boolean().nullish(),
  allow_merge_commit: z.boolean().nullish(),
});

/** Squashes to one commit per work order if the repository allows it. */
async function defaultMethod(api: GitHubApi, signal: AbortSignal | undefined): Promise<MergeMethod> {
  const allowed = readReply(await api.call({ method: 'GET', path: '', signal }), methodsSchema);
  if (allowed.allow_squash_merge !== false) return 'squash';
  return allowed.allow_merge_commit === false ? 'rebase' : 'merge';
}

async function enterQueue(
  api: GitHubApi,
  pull: Pull,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const variables = { id: pull.node_id, sha };
    await api.graphql({ query: enqueue, variables, read: nodeSchema, isWrite: true, signal });
  } catch (cause) {
    if (!(cause instanceof GraphqlRefusal) || !isQueuedAlready.test(cause.message)) throw cause;
  }
}
