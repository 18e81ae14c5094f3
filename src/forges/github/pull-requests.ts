// Opens, finds, changes and closes pull requests on GitHub. Each write may be repeated after a lost answer.
import { z } from 'zod';
import type { PullRequest, PullRequestDraft } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { type HostReply, messageIn, readReply, unexpectedAnswer } from '../call-host.ts';
import { openOnce, type PullRequests } from '../open-once.ts';
import { notFound, notOpen, withoutChange } from '../pull-request-failures.ts';
import type { GitHubApi } from './api.ts';
import { isMerged, type Pull, pullSchema, toPullRequest } from './read-pull-request.ts';

/** GitHub's API shows a push some seconds after git accepted it. */
const freshDelaysMs: readonly number[] = [1_000, 2_000, 4_000];
export function createPullRequests(api: GitHubApi, wait: typeof sleep = sleep): PullRequests<Pull> {
  const one: PullRequests<Pull>['one'] = async (number, operation, signal) => {
    const found = await read(api, number, signal);
    if (found) return found;
    throw notFound(number, operation);
  };
  return {
    one,
    open: (asked, given) =>
      openOnce(
        {
          host: api.host,
          wait,
          listedDelaysMs: [0, ...freshDelaysMs],
          findOpen: async (draft, signal) => {
            const [open] = await listPulls(api, draft, 'open', signal);
            return open ? toPullRequest(open) : null;
          },
          create: (draft, signal) => openNew(api, draft, wait, signal),
          rewrite: (found, draft, signal) => rewrite(api, found, draft, wait, signal),
          read: async (...call) => toPullRequest(await one(...call)),
        },
        asked,
        given,
      ),
    find: async (by, signal) => {
      if ('number' in by) {
        const found = await read(api, by.number, signal);
        return found ? toPullRequest(found) : null;
      }
      const [open] = await listPulls(api, by, 'open', signal);
      const all = open ? [open] : await listPulls(api, by, 'all', signal);
      const [newest] = all.toSorted((a, b) => b.number - a.number);
      // Lists do not report whether it can be merged.
      return newest ? toPullRequest(await one(newest.number, 'find', signal)) : null;
    },
    update: async (number, { title, body, isDraft, baseBranch }, signal) => {
      const before = await one(number, 'update', signal);
      if (isDraft !== undefined && isDraft !== (before.draft ?? false))
        await setDraft(api, before.node_id, isDraft, signal);
      const text = {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body }),
        ...(baseBranch === undefined || baseBranch === before.base.ref ? {} : { base: baseBranch }),
      };
      return toPullRequest(
        Object.keys(text).length > 0
          ? await change(api, number, text, signal)
          : await one(number, 'update', signal),
      );
    },
    close: async (number, signal) => {
      const before = await one(number, 'close', signal);
      if (isMerged(before)) throw notOpen({ number, state: 'merged' }, 'close');
      if (before.state === 'closed') return toPullRequest(before);
      return toPullRequest(await change(api, number, { state: 'closed' }, signal));
    },
  };
}

async function openNew(
  api: GitHubApi,
  draft: PullRequestDraft,
  wait: typeof sleep,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'exists'> {
  const reply = await create(api, draft, wait, signal);
  if (reply.status === 201) {
    const made = toPullRequest(readReply(reply, pullSchema));
    await label(api, made.number, draft.labels ?? [], wait, signal);
    return made;
  }
  const said = messageIn(reply.body);
  if (/a pull request already exists/i.test(said)) return 'exists';
  if (/no commits between/i.test(said)) throw withoutChange(api, draft);
  throw unexpectedAnswer(reply);
}

async function rewrite(
  api: GitHubApi,
  found: PullRequest,
  { title, body, labels = [] }: PullRequestDraft,
  wait: typeof sleep,
  signal: AbortSignal | undefined,
): Promise<PullRequest> {
  const isAsWritten = found.title === title && found.body === body;
  const changed = isAsWritten
    ? found
    : toPullRequest(await change(api, found.number, { title, body }, signal));
  await label(api, found.number, labels, wait, signal);
  return changed;
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

interface ByBranch {
  headBranch: string;
  baseBranch?: string | undefined;
}

/** After a transfer, GitHub still answers at the old address, but knows the branch under its new owner only. */
async function listPulls(
  api: GitHubApi,
  by: ByBranch,
  state: string,
  signal: AbortSignal | undefined,
): Promise<Pull[]> {
  const { owner } = api.repository;
  const found = await listOf(api, owner, by, state, signal);
  if (found.length > 0) return found;
  const { full_name } = readReply(await api.call({ method: 'GET', path: '', signal }), namedSchema);
  const [ownerNow = owner] = full_name.split('/');
  return ownerNow.toLowerCase() === owner.toLowerCase() ? found : listOf(api, ownerNow, by, state, signal);
}

const namedSchema = z.looseObject({ full_name: z.string() });

/** Without the owner, GitHub silently ignores the filter; so each result is compared too. */
async function listOf(
  api: GitHubApi,
  owner: string,
  { headBranch, baseBranch }: ByBranch,
  state: string,
  signal: AbortSignal | undefined,
): Promise<Pull[]> {
  const query = { head: `${owner}:${headBranch}`, state, base: baseBranch };
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

/** Just after opening, the part of GitHub that stores labels may not know the pull request yet. */
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
