// Merges a pull request on Gitea, at once or once its checks have passed, and only at the expected commit.
import { z } from 'zod';
import type { MergeOrder, PullRequest } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { type HostReply, messageIn, unexpectedAnswer } from '../call-host.ts';
import type { PullRequests } from '../open-once.ts';
import { headMoved, inConflict, notMergeable, notOpen, stillComputing } from '../pull-request-failures.ts';
import type { GiteaApi } from './api.ts';
import { commitsBetween } from './compare.ts';
import { branchOf, type Pull, toPullRequest } from './read-pull-request.ts';

/** Gitea computes again whether it can be merged after each change of a branch or of its rules: half a minute at most. */
const computeDelaysMs: readonly number[] = [200, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** Gitea's message for 'still computing', and also for a conflict and an error. */
const later = /try again later/i;

export async function mergePull(
  api: GiteaApi,
  pulls: PullRequests<Pull>,
  { number, order }: { number: number; order: MergeOrder },
  signal?: AbortSignal,
  wait: typeof sleep = sleep,
): Promise<PullRequest | 'queued'> {
  const method = order.method ?? (await defaultMethod(api, signal));
  for (const delayMs of [...computeDelaysMs, null]) {
    const pull = await pulls.one(number, 'merge', signal);
    if (pull.merged) return toPullRequest(pull);
    if (pull.state !== 'open') throw notOpen({ number, state: 'closed' }, 'merge');
    // For a scheduled merge, Gitea does not check the commit.
    if (pull.head.sha !== order.expectedHeadSha)
      throw headMoved({ number, headSha: pull.head.sha }, order.expectedHeadSha);
    const reply = await send(api, number, { ...order, method }, signal);
    const end = await endOf(api, pulls, pull, reply, signal);
    if (end !== 'computing') return end;
    if (delayMs === null) throw await undecided(api, pull, signal);
    await wait(delayMs, signal);
  }
  throw new RangeError('the last delay ends the loop');
}

function send(
  api: GiteaApi,
  number: number,
  { method, expectedHeadSha, when }: Omit<MergeOrder, 'method'> & { method: string },
  signal: AbortSignal | undefined,
): Promise<HostReply> {
  const body = {
    Do: method,
    head_commit_id: expectedHeadSha,
    ...(when === 'checks passed' ? { merge_when_checks_succeed: true } : {}),
  };
  return api.call({ method: 'POST', path: `/pulls/${number}/merge`, body, answers: [404], signal });
}

async function endOf(
  api: GiteaApi,
  pulls: PullRequests<Pull>,
  before: Pull,
  reply: HostReply,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'queued' | 'computing'> {
  // Only a scheduled merge answers with 201.
  if (reply.status === 201) return 'queued';
  const { number } = before;
  const pull = await pulls.one(number, 'merge', signal);
  if (pull.merged) return toPullRequest(pull);
  if (reply.status === 200) return 'computing';
  const said = messageIn(reply.body);
  if (reply.status === 409 && /already scheduled/i.test(said)) return 'queued';
  if (pull.state !== 'open') throw notOpen({ number, state: 'closed' }, 'merge');
  if (pull.head.sha !== before.head.sha || /head out of date/i.test(said))
    throw headMoved({ number, headSha: pull.head.sha }, before.head.sha);
  // Someone else moved the base branch between Gitea's look and its push.
  if (/push out of date/i.test(said)) return 'computing';
  if (reply.status === 405 && later.test(said)) return 'computing';
  // A refusal without a message is a conflict that Gitea found while merging.
  if (reply.status === 409 && said === '') throw inConflict(api, number, branchOf(pull.base));
  if (reply.status === 405 || reply.status === 409) throw notMergeable(api, number, said);
  throw unexpectedAnswer(reply);
}

/** What contains its base branch has no conflict: Gitea still computes, or its computing has failed. */
async function undecided(api: GiteaApi, { number, head, base }: Pull, signal: AbortSignal | undefined) {
  const baseBranch = branchOf(base);
  const missing = await commitsBetween(api, { from: head.sha, to: baseBranch }, signal);
  return missing === 0 ? stillComputing(api, number) : inConflict(api, number, baseBranch);
}

const repositorySchema = z.looseObject({ default_merge_style: z.string().catch('merge') });

/** The default of the repository. Gitea accepts the names of its other merge styles unchanged. */
async function defaultMethod(api: GiteaApi, signal: AbortSignal | undefined): Promise<string> {
  return (await api.get('', repositorySchema, signal)).default_merge_style;
}
