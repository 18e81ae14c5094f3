// Merges a merge request on GitLab, at once or when its pipeline has passed, and always at the expected commit.
import { PermanentError, TransientError } from '../../domain/failure.ts';
import type { MergeMethod } from '../../domain/forge.ts';
import type { PullRequest } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/sleep.ts';
import { messageIn, unexpectedAnswer } from '../call-host.ts';
import type { GitLabApi } from './api.ts';
import type { MergeRequests } from './merge-requests.ts';
import { type MergeRequest, toPullRequest } from './read-merge-request.ts';

export interface MergeOrder {
  expectedHeadSha: string;
  method?: MergeMethod;
  when?: 'now' | 'checks passed';
}

/** GitLab computes whether it can be merged after each change: ask again, at most for about half a minute. */
const computeDelaysMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000];

export async function mergeOne(
  api: GitLabApi,
  requests: MergeRequests,
  { number, order }: { number: number; order: MergeOrder },
  signal?: AbortSignal,
  wait: typeof sleep = sleep,
): Promise<PullRequest | 'queued'> {
  const found = await requests.one(number, 'merge', signal);
  if (found.state === 'merged') return toPullRequest(found);
  if (found.state === 'closed') throw notOpen(number);
  for (const delayMs of [...computeDelaysMs, null]) {
    const done = await mergeNow(api, requests, number, order, signal);
    if (done !== 'computing') return done;
    if (delayMs === null) break;
    await wait(delayMs, signal);
  }
  throw stillComputing(api, number);
}

async function mergeNow(
  api: GitLabApi,
  requests: MergeRequests,
  number: number,
  order: MergeOrder,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'queued' | 'computing'> {
  const before = await requests.one(number, 'merge', signal);
  if (before.sha !== order.expectedHeadSha && before.state === 'opened') throw moved(before, order);
  // Without a pipeline there is nothing to wait for, and GitLab merges at once.
  const isLater = order.when === 'checks passed';
  const body = {
    sha: order.expectedHeadSha,
    ...(order.method === 'squash' ? { squash: true } : {}),
    ...(isLater ? { merge_when_pipeline_succeeds: true } : {}),
  };
  const path = `/merge_requests/${number}/merge`;
  const reply = await api.call({ method: 'PUT', path, body, signal });
  // After a lost answer, the first call may have merged it.
  const current = await requests.one(number, 'merge', signal);
  if (current.state === 'merged') return toPullRequest(current);
  if (reply.status === 200)
    return isLater && current.merge_when_pipeline_succeeds === true ? 'queued' : 'computing';
  if (reply.status === 409 || current.sha !== order.expectedHeadSha) throw moved(current, order);
  if (reply.status !== 405 && reply.status !== 422) throw unexpectedAnswer(reply);
  if (current.merge_when_pipeline_succeeds === true) return 'queued';
  // Null does not mean false: it is still being computed.
  if (toPullRequest(current).mergeable === null) return 'computing';
  if (toPullRequest(current).mergeable === false) throw inConflict(api, current);
  throw notMergeable(api, current, messageIn(reply.body));
}

const rest = { component: 'forge', operation: 'merge' } as const;

function notOpen(number: number): PermanentError {
  return new PermanentError({
    ...rest,
    code: 'PULL_REQUEST_NOT_OPEN',
    message: `Merge request ${number} is closed: it cannot be merged.`,
    advice: 'Open it again with `moose retry ID --from creating_pr`.',
  });
}

function moved({ iid, sha }: MergeRequest, { expectedHeadSha }: MergeOrder): PermanentError {
  return new PermanentError({
    ...rest,
    code: 'PULL_REQUEST_HEAD_MOVED',
    message: `Merge request ${iid} has a newer commit than the one to merge.`,
    advice: 'Look at what was pushed to its branch, then merge it again.',
    metadata: { expected: expectedHeadSha, found: sha ?? null },
  });
}

function inConflict({ host }: GitLabApi, { iid, target_branch: base }: MergeRequest): PermanentError {
  return new PermanentError({
    ...rest,
    code: 'MERGE_CONFLICT',
    message: `Merge request ${iid} conflicts with ${base} on ${host}.`,
    advice: 'Merge the base branch into its branch, resolve the conflict, then merge again.',
    metadata: { host },
  });
}

function notMergeable({ host }: GitLabApi, found: MergeRequest, said: string): PermanentError {
  const because = found.detailed_merge_status?.replaceAll('_', ' ') ?? said.replace(/\.$/, '');
  return new PermanentError({
    ...rest,
    code: 'PULL_REQUEST_NOT_MERGEABLE',
    message: `${host} refused to merge merge request ${found.iid}: ${because}.`,
    advice: 'Resolve what the forge names (a conflict, a pipeline, an approval), then merge again.',
    metadata: { host },
  });
}

function stillComputing({ host }: GitLabApi, number: number): TransientError {
  return new TransientError({
    ...rest,
    code: 'PULL_REQUEST_UNDECIDED',
    retryAfterMs: 30_000,
    message: `${host} has not computed yet whether merge request ${number} can be merged.`,
    advice: 'Wait a minute, then merge it again.',
    metadata: { host },
  });
}
