// Opens, finds, changes and closes merge requests on GitLab. Each write may be repeated after a lost answer.
import { z } from 'zod';
import type { PullRequest, PullRequestDraft } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { readReply, unexpectedAnswer } from '../call-host.ts';
import { openOnce, type PullRequests } from '../open-once.ts';
import { notFound, notOpen, withoutChange } from '../pull-request-failures.ts';
import type { GitLabApi } from './api.ts';
import {
  type MergeRequest,
  mergeRequestSchema,
  titleFor,
  toPullRequest,
  withoutDraft,
} from './read-merge-request.ts';

const comparedSchema = z.looseObject({ commits: z.array(z.unknown()) });
/** Another call opened it, but it may not be listed yet. */
const listedDelaysMs: readonly number[] = [0, 1_000, 2_000, 4_000];

export function createMergeRequests(api: GitLabApi, wait: typeof sleep = sleep): PullRequests<MergeRequest> {
  const one: PullRequests<MergeRequest>['one'] = async (number, operation, signal) => {
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
          listedDelaysMs,
          findOpen: async (draft, signal) => {
            const [open] = await list(api, draft, 'opened', signal);
            return open ? toPullRequest(open) : null;
          },
          create: (draft, signal) => openNew(api, draft, signal),
          rewrite: (found, draft, signal) => rewrite(api, found, draft, signal),
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
      const [open] = await list(api, by, 'opened', signal);
      const newest = open ?? (await list(api, by, 'all', signal)).toSorted((a, b) => b.iid - a.iid)[0];
      return newest ? toPullRequest(await one(newest.iid, 'find', signal)) : null;
    },
    update: async (number, { title, body, isDraft, baseBranch }, signal) => {
      const before = await one(number, 'update', signal);
      const wanted = titleFor(title ?? withoutDraft(before.title), isDraft ?? before.draft ?? false);
      const text = {
        ...(wanted === before.title ? {} : { title: wanted }),
        ...(body === undefined ? {} : { description: body }),
        ...(baseBranch === undefined || baseBranch === before.target_branch
          ? {}
          : { target_branch: baseBranch }),
      };
      return toPullRequest(Object.keys(text).length > 0 ? await change(api, number, text, signal) : before);
    },
    close: async (number, signal) => {
      const before = await one(number, 'close', signal);
      if (before.state === 'merged') throw notOpen({ number, state: 'merged' }, 'close');
      if (before.state === 'closed') return toPullRequest(before);
      return toPullRequest(await change(api, number, { state_event: 'close' }, signal));
    },
  };
}

async function openNew(
  api: GitLabApi,
  draft: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'exists'> {
  await assertChange(api, draft, signal);
  const reply = await create(api, draft, signal);
  if (reply.status === 409) return 'exists';
  if (reply.status !== 201) throw unexpectedAnswer(reply);
  return toPullRequest(readReply(reply, mergeRequestSchema));
}

async function rewrite(
  api: GitLabApi,
  found: PullRequest,
  draft: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<PullRequest> {
  const isAsWritten = found.title === withoutDraft(draft.title) && found.body === draft.body;
  const labels = (draft.labels ?? []).join(',');
  if (isAsWritten && labels === '') return found;
  const title = titleFor(draft.title, found.isDraft);
  const written = { title, description: draft.body, ...(labels === '' ? {} : { add_labels: labels }) };
  return toPullRequest(await change(api, found.number, written, signal));
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
  { headBranch, baseBranch }: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<void> {
  const query = { from: baseBranch, to: headBranch };
  const reply = await api.call({ method: 'GET', path: '/repository/compare', query, answers: [404], signal });
  if (reply.status !== 200 || readReply(reply, comparedSchema).commits.length > 0) return;
  throw withoutChange(api, { headBranch, baseBranch });
}

function create(api: GitLabApi, draft: PullRequestDraft, signal: AbortSignal | undefined) {
  const { title, body, headBranch, baseBranch, isDraft = false, labels = [] } = draft;
  const asked = {
    source_branch: headBranch,
    target_branch: baseBranch,
    description: body,
    title: titleFor(title, isDraft),
    ...(labels.length === 0 ? {} : { labels: labels.join(',') }),
  };
  return api.call({ method: 'POST', path: '/merge_requests', body: asked, signal });
}
