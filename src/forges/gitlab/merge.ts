// Merges a merge request on GitLab, at once or when its pipeline has passed, and always at the expected commit.
import type { MergeOrder, PullRequest } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { messageIn, unexpectedAnswer } from '../call-host.ts';
import type { PullRequests } from '../open-once.ts';
import { headMoved, inConflict, notMergeable, notOpen, stillComputing } from '../pull-request-failures.ts';
import type { GitLabApi } from './api.ts';
import { type MergeRequest, toPullRequest } from './read-merge-request.ts';

/** GitLab computes whether it can be merged after each change: ask again, at most for about half a minute. */
const computeDelaysMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000];

export async function mergeOne(
  api: GitLabApi,
  requests: PullRequests<MergeRequest>,
  { number, order }: { number: number; order: MergeOrder },
  signal?: AbortSignal,
  wait: typeof sleep = sleep,
): Promise<PullRequest | 'queued'> {
  const found = await requests.one(number, 'merge', signal);
  if (found.state === 'merged') return toPullRequest(found);
  if (found.state === 'closed') throw notOpen({ number, state: 'closed' }, 'merge');
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
  requests: PullRequests<MergeRequest>,
  number: number,
  order: MergeOrder,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'queued' | 'computing'> {
  const before = await requests.one(number, 'merge', signal);
  if (before.sha !== order.expectedHeadSha && before.state === 'opened')
    throw headMoved(toPullRequest(before), order.expectedHeadSha);
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
  if (reply.status === 409 || current.sha !== order.expectedHeadSha)
    throw headMoved(toPullRequest(current), order.expectedHeadSha);
  if (reply.status !== 405 && reply.status !== 422) throw unexpectedAnswer(reply);
  if (current.merge_when_pipeline_succeeds === true) return 'queued';
  // Null does not mean false: it is still being computed.
  if (toPullRequest(current).mergeable === null) return 'computing';
  if (toPullRequest(current).mergeable === false) throw inConflict(api, number, current.target_branch);
  throw notMergeable(
    api,
    number,
    current.detailed_merge_status?.replaceAll('_', ' ') ?? messageIn(reply.body),
  );
}
