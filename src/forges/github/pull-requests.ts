// Opens, finds, changes and closes pull requests on GitHub. Each write may be repeated after a lost answer.
import { z } from 'zod';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import type { Opened, PullRequest, PullRequestDraft } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/sleep.ts';
import { type HostReply, messageIn, readReply, unexpectedAnswer } from '../call-host.ts';
import type { GitHubApi } from './api.ts';
import { isMerged, type Pull, pullSchema, toPullRequest } from './read-pull-request.ts';

/** GitHub's API shows a push some seconds after git accepted it. */
export const freshDelaysMs: readonly number[] = [1_000, 2_000, 4_000];
/** Until the pull request shows the commit that was pushed. */
const headDelaysMs: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 14_000];

export interface PullRequests {
  open(draft: PullRequestDraft, signal?: AbortSignal): Promise<Opened>;
  find(
    by: { number: number } | { headBranch: string; baseBranch?: string },
    signal?: AbortSignal,
  ): Promise<PullRequest | null>;
  update(
    number: number,
    change: { title?: string; body?: string; isDraft?: boolean },
    signal?: AbortSignal,
  ): Promise<PullRequest>;
  close(number: number, signal?: AbortSignal): Promise<PullRequest>;
  /** @throws PermanentError `PULL_REQUEST_NOT_FOUND` */
  one(number: number, operation: string, signal?: AbortSignal): Promise<Pull>;
}

export function createPullRequests(api: GitHubApi, wait: typeof sleep = sleep): PullRequests {
  const one: PullRequests['one'] = async (number, operation, signal) => {
    const found = await read(api, number, signal);
    if (found) return found;
    throw notFound(number, operation);
  };
  return {
    one,
    open: (draft, signal) => open({ api, one, wait }, draft, signal),
    find: async (by, signal) => {
      if ('number' in by) {
        const found = await read(api, by.number, signal);
        return found ? toPullRequest(found) : null;
      }
      const [open] = await listPulls(api, by, 'open', signal);
      const all = open ? [open] : await listPulls(api, by, 'all', signal);
      const [newest] = all.toSorted((a, b) => b.number - a.number);
      // Lists do not say whether it can be merged.
      return newest ? toPullRequest(await one(newest.number, 'find', signal)) : null;
    },
    update: async (number, { title, body, isDraft }, signal) => {
      const before = await one(number, 'update', signal);
      if (isDraft !== undefined && isDraft !== (before.draft ?? false))
        await setDraft(api, before.node_id, isDraft, signal);
      const text = { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) };
      return toPullRequest(
        Object.keys(text).length > 0
          ? await change(api, number, text, signal)
          : await one(number, 'update', signal),
      );
    },
    close: async (number, signal) => {
      const before = await one(number, 'close', signal);
      if (isMerged(before)) throw alreadyMerged(number);
      if (before.state === 'closed') return toPullRequest(before);
      return toPullRequest(await change(api, number, { state: 'closed' }, signal));
    },
  };
}

interface Opening {
  api: GitHubApi;
  one: PullRequests['one'];
  wait: typeof sleep;
}

async function open(opening: Opening, draft: PullRequestDraft, signal?: AbortSignal): Promise<Opened> {
  const { api, wait } = opening;
  const [there] = await listPulls(api, draft, 'open', signal);
  if (there) return adopt(opening, there, draft, signal);
  const reply = await create(api, draft, wait, signal);
  if (reply.status === 201) {
    const made = readReply(reply, pullSchema);
    await label(api, made.number, draft.labels ?? [], wait, signal);
    return { ...(await withHead(opening, made, draft.headSha, signal)), how: 'opened' };
  }
  if (!/a pull request already exists/i.test(messageIn(reply.body))) throw openFailure(api, draft, reply);
  // Another call opened it, but it may not be listed yet.
  for (const delayMs of [0, ...freshDelaysMs]) {
    await wait(delayMs, signal);
    const [found] = await listPulls(api, draft, 'open', signal);
    if (found) return adopt(opening, found, draft, signal);
  }
  throw notListed(api, draft);
}

async function adopt(
  opening: Opening,
  found: Pull,
  draft: PullRequestDraft,
  signal?: AbortSignal,
): Promise<Opened> {
  const { api, wait } = opening;
  const isAsWritten = found.title === draft.title && (found.body ?? '') === draft.body;
  const { title, body } = draft;
  const changed = isAsWritten ? found : await change(api, found.number, { title, body }, signal);
  await label(api, changed.number, draft.labels ?? [], wait, signal);
  return { ...(await withHead(opening, changed, draft.headSha, signal)), how: 'adopted' };
}

/** Reads it until it shows the commit; if it never does, the caller notices when it reads the pull request back. */
async function withHead(
  { one, wait }: Opening,
  pull: Pull,
  sha: string,
  signal?: AbortSignal,
): Promise<PullRequest> {
  let current = pull;
  for (const delayMs of headDelaysMs) {
    if (current.head.sha === sha) break;
    await wait(delayMs, signal);
    current = await one(pull.number, 'read back', signal);
  }
  return toPullRequest(current);
}

async function read(api: GitHubApi, number: number, signal?: AbortSignal): Promise<Pull | null> {
  const reply = await api.call({ method: 'GET', path: `/pulls/${number}`, answers: [404], signal });
  if (reply.status === 200) return readReply(reply, pullSchema);
  await assertRepository(api, signal);
  return null;
}

async function change(api: GitHubApi, number: number, body: object, signal?: AbortSignal): Promise<Pull> {
  const reply = await api.call({ method: 'PATCH', path: `/pulls/${number}`, body, answers: [404], signal });
  if (reply.status === 404) throw notFound(number, 'update');
  if (reply.status !== 200) throw unexpectedAnswer(reply);
  return readReply(reply, pullSchema);
}

/** Without the owner, GitHub silently ignores the filter; so each result is compared too. */
async function listPulls(
  api: GitHubApi,
  { headBranch, baseBranch }: { headBranch: string; baseBranch?: string | undefined },
  state: string,
  signal: AbortSignal | undefined,
): Promise<Pull[]> {
  const query = { head: `${api.repository.owner}:${headBranch}`, state, base: baseBranch };
  const all = await api.pages({ path: '/pulls', query, signal }, z.array(pullSchema));
  return all.filter(
    ({ head, base }) =>
      head.ref === headBranch &&
      // Null if the fork was deleted. A renamed repository has another name than its address.
      head.repo?.full_name === base.repo?.full_name &&
      (baseBranch === undefined || base.ref === baseBranch),
  );
}

/** Distinguishes a missing or hidden repository from a missing pull request. */
async function assertRepository(api: GitHubApi, signal: AbortSignal | undefined): Promise<void> {
  await api.call({ method: 'GET', path: '', signal });
}

async function create(
  api: GitHubApi,
  draft: PullRequestDraft,
  wait: typeof sleep,
  signal: AbortSignal | undefined,
): Promise<HostReply> {
  const { title, body, headBranch: head, baseBranch: base } = draft;
  let isDraft = draft.isDraft ?? false;
  for (let attempt = 0; ; ) {
    const asked = { title, body, head, base, ...(isDraft ? { draft: true } : {}) };
    const reply = await api.call({ method: 'POST', path: '/pulls', body: asked, signal });
    if (reply.status === 201) return reply;
    const message = messageIn(reply.body);
    if (isDraft && /draft pull requests are not supported/i.test(message)) {
      isDraft = false;
      continue;
    }
    const delayMs = freshDelaysMs[attempt];
    if (delayMs === undefined || !/head invalid|no commits between/i.test(message)) return reply;
    attempt += 1;
    await wait(delayMs, signal);
  }
}

/** Right after opening, GitHub may not know the pull request yet where it keeps labels. */
async function label(
  api: GitHubApi,
  number: number,
  labels: readonly string[],
  wait: typeof sleep,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (labels.length === 0) return;
  for (const delayMs of [...freshDelaysMs, null]) {
    const path = `/issues/${number}/labels`;
    const reply = await api.call({ method: 'POST', path, body: { labels }, answers: [404], signal });
    if (reply.status === 200) return;
    if (delayMs === null) throw unexpectedAnswer(reply);
    await wait(delayMs, signal);
  }
}

const nodeSchema = z.looseObject({});
const toDraft =
  'mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { pullRequest { isDraft } } }';
const toReady =
  'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }';

async function setDraft(api: GitHubApi, id: string, isDraft: boolean, signal: AbortSignal | undefined) {
  const query = isDraft ? toDraft : toReady;
  await api.graphql({ query, variables: { id }, read: nodeSchema, isWrite: true, signal });
}

export function notFound(number: number, operation: string): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_FOUND',
    component: 'forge',
    operation,
    message: `There is no pull request ${number}.`,
    advice: 'Run `moose ls` to see which work orders have one.',
  });
}

function alreadyMerged(number: number): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_OPEN',
    component: 'forge',
    operation: 'close',
    message: `Pull request ${number} is merged: it cannot be closed.`,
    advice: 'Revert the merge with a new commit: `git revert -m 1`.',
  });
}

function openFailure(api: GitHubApi, draft: PullRequestDraft, reply: HostReply) {
  if (!/no commits between/i.test(messageIn(reply.body))) return unexpectedAnswer(reply);
  return new PermanentError({
    code: 'PULL_REQUEST_EMPTY',
    component: 'forge',
    operation: 'open',
    message: `On ${api.host}, ${draft.headBranch} has no commit that is not in ${draft.baseBranch}.`,
    advice: 'The change may be in the base branch already: compare the two branches.',
    metadata: { host: api.host },
  });
}

function notListed(api: GitHubApi, { headBranch }: PullRequestDraft): TransientError {
  return new TransientError({
    code: 'PULL_REQUEST_NOT_AS_WRITTEN',
    component: 'forge',
    operation: 'open',
    message: `${api.host} says that ${headBranch} has a pull request, but does not list it yet.`,
    advice: 'Retry it: `moose retry ID --from creating_pr`.',
    metadata: { host: api.host },
  });
}
