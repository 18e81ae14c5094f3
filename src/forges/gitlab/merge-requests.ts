// Opens, finds, changes and closes merge requests on GitLab. Each write may be repeated after a lost answer.
import { z } from 'zod';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import type { Opened, PullRequest, PullRequestDraft } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/sleep.ts';
import { messageIn, readReply, unexpectedAnswer } from '../call-host.ts';
import type { GitLabApi } from './api.ts';
import {
  type MergeRequest,
  mergeRequestSchema,
  titleFor,
  toPullRequest,
  withoutDraft,
} from './read-merge-request.ts';

/** Until the merge request shows the commit that was pushed. */
const headDelaysMs: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 14_000];
const comparedSchema = z.looseObject({ commits: z.array(z.unknown()) });
const lateDelaysMs: readonly number[] = [0, 1_000, 2_000, 4_000];

export interface MergeRequests {
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
  one(number: number, operation: string, signal?: AbortSignal): Promise<MergeRequest>;
}

export function createMergeRequests(api: GitLabApi, wait: typeof sleep = sleep): MergeRequests {
  const one: MergeRequests['one'] = async (number, operation, signal) => {
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
      const [open] = await list(api, by, 'opened', signal);
      const newest = open ?? (await list(api, by, 'all', signal)).toSorted((a, b) => b.iid - a.iid)[0];
      return newest ? toPullRequest(await one(newest.iid, 'find', signal)) : null;
    },
    update: async (number, { title, body, isDraft }, signal) => {
      const before = await one(number, 'update', signal);
      const wanted = titleFor(title ?? withoutDraft(before.title), isDraft ?? before.draft ?? false);
      const text = {
        ...(wanted === before.title ? {} : { title: wanted }),
        ...(body === undefined ? {} : { description: body }),
      };
      return toPullRequest(Object.keys(text).length > 0 ? await change(api, number, text, signal) : before);
    },
    close: async (number, signal) => {
      const before = await one(number, 'close', signal);
      if (before.state === 'merged') throw alreadyMerged(number);
      if (before.state === 'closed') return toPullRequest(before);
      return toPullRequest(await change(api, number, { state_event: 'close' }, signal));
    },
  };
}

interface Opening {
  api: GitLabApi;
  one: MergeRequests['one'];
  wait: typeof sleep;
}

async function open(opening: Opening, draft: PullRequestDraft, signal?: AbortSignal): Promise<Opened> {
  const { api, wait } = opening;
  const [there] = await list(api, draft, 'opened', signal);
  if (there) return adopt(opening, there, draft, signal);
  await assertChange(api, draft, signal);
  const reply = await create(api, draft, signal);
  if (reply.status === 201) {
    const made = readReply(reply, mergeRequestSchema);
    return { ...(await withHead(opening, made, draft.headSha, signal)), how: 'opened' };
  }
  if (reply.status !== 409) throw unexpectedAnswer(reply);
  // Another call opened it, but it may not be listed yet.
  for (const delayMs of lateDelaysMs) {
    await wait(delayMs, signal);
    const [found] = await list(api, draft, 'opened', signal);
    if (found) return adopt(opening, found, draft, signal);
  }
  throw notListed(api, draft, messageIn(reply.body));
}

async function adopt(
  opening: Opening,
  found: MergeRequest,
  draft: PullRequestDraft,
  signal?: AbortSignal,
): Promise<Opened> {
  const title = titleFor(draft.title, found.draft ?? false);
  const isAsWritten = found.title === title && (found.description ?? '') === draft.body;
  const labels = (draft.labels ?? []).join(',');
  const written = { title, description: draft.body, ...(labels === '' ? {} : { add_labels: labels }) };
  const changed =
    isAsWritten && labels === '' ? found : await change(opening.api, found.iid, written, signal);
  return { ...(await withHead(opening, changed, draft.headSha, signal)), how: 'adopted' };
}

/** Reads it until it shows the commit; if it never does, the caller notices when it reads the merge request back. */
async function withHead(
  { one, wait }: Opening,
  found: MergeRequest,
  sha: string,
  signal?: AbortSignal,
): Promise<PullRequest> {
  let current = found;
  for (const delayMs of headDelaysMs) {
    if (current.sha === sha) break;
    await wait(delayMs, signal);
    current = await one(found.iid, 'read back', signal);
  }
  return toPullRequest(current);
}

async function read(api: GitLabApi, number: number, signal?: AbortSignal): Promise<MergeRequest | null> {
  const path = `/merge_requests/${number}`;
  const reply = await api.call({ method: 'GET', path, answers: [404], signal });
  if (reply.status === 200) return readReply(reply, mergeRequestSchema);
  // Distinguishes a missing or hidden project from a missing merge request.
  await api.call({ method: 'GET', path: '', signal });
  return null;
}

async function change(
  api: GitLabApi,
  number: number,
  body: object,
  signal?: AbortSignal,
): Promise<MergeRequest> {
  const path = `/merge_requests/${number}`;
  const reply = await api.call({ method: 'PUT', path, body, answers: [404], signal });
  if (reply.status === 404) throw notFound(number, 'update');
  if (reply.status !== 200) throw unexpectedAnswer(reply);
  return readReply(reply, mergeRequestSchema);
}

async function list(
  api: GitLabApi,
  { headBranch, baseBranch }: { headBranch: string; baseBranch?: string | undefined },
  state: 'opened' | 'all',
  signal: AbortSignal | undefined,
): Promise<MergeRequest[]> {
  const query = { source_branch: headBranch, target_branch: baseBranch, state };
  const all = await api.pages({ path: '/merge_requests', query, signal }, z.array(mergeRequestSchema));
  // A fork may have a branch of the same name.
  return all.filter(
    (found) =>
      found.source_branch === headBranch &&
      (baseBranch === undefined || found.target_branch === baseBranch) &&
      (found.source_project_id ?? null) === (found.target_project_id ?? null),
  );
}

/** GitLab opens merge requests without a change; if a branch is unknown, opening reports it more clearly. */
async function assertChange(
  api: GitLabApi,
  { headBranch: to, baseBranch: from }: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<void> {
  const query = { from, to };
  const reply = await api.call({ method: 'GET', path: '/repository/compare', query, answers: [404], signal });
  if (reply.status !== 200 || readReply(reply, comparedSchema).commits.length > 0) return;
  throw new PermanentError({
    code: 'PULL_REQUEST_EMPTY',
    component: 'forge',
    operation: 'open',
    message: `On ${api.host}, ${to} has no commit that is not in ${from}.`,
    advice: 'The change may be in the base branch already: compare the two branches.',
    metadata: { host: api.host },
  });
}

function create(api: GitLabApi, draft: PullRequestDraft, signal: AbortSignal | undefined) {
  const { title, body, headBranch, baseBranch, isDraft = false, labels = [] } = draft;
  const asked = {
    ...{ source_branch: headBranch, target_branch: baseBranch, description: body },
    title: titleFor(title, isDraft),
    ...(labels.length === 0 ? {} : { labels: labels.join(',') }),
  };
  return api.call({ method: 'POST', path: '/merge_requests', body: asked, signal });
}

function notFound(number: number, operation: string): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_FOUND',
    component: 'forge',
    operation,
    message: `There is no merge request ${number}.`,
    advice: 'Run `moose ls` to see which work orders have one.',
  });
}

function alreadyMerged(number: number): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_OPEN',
    component: 'forge',
    operation: 'close',
    message: `Merge request ${number} is merged: it cannot be closed.`,
    advice: 'Revert the merge with a new commit: `git revert -m 1`.',
  });
}

function notListed({ host }: GitLabApi, { headBranch }: PullRequestDraft, said: string): TransientError {
  return new TransientError({
    code: 'PULL_REQUEST_NOT_AS_WRITTEN',
    component: 'forge',
    operation: 'open',
    message: `${host} says that ${headBranch} has a merge request, but does not list it yet: ${said}`,
    advice: 'Retry it: `moose retry ID --from creating_pr`.',
    metadata: { host },
  });
}
