// Opens, finds, changes and closes pull requests on Gitea. Each write may be repeated after a lost answer.
import type { PullRequest, PullRequestChange, PullRequestDraft } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { readReply, unexpectedAnswer } from '../call-host.ts';
import { openOnce, type PullRequests } from '../open-once.ts';
import { notFound, notOpen, withoutChange } from '../pull-request-failures.ts';
import { type GiteaApi, succeeded } from './api.ts';
import { commitsBetween } from './compare.ts';
import { branchOf, type Pull, pullSchema, titleFor, toPullRequest } from './read-pull-request.ts';

/** How long `mergeable: false` is not trusted: Gitea also reports it while it computes. */
const settleDelaysMs: readonly number[] = [100, 300, 700, 1_500];
/** A branch has few pull requests, but a repository many. */
const pagesMax = 10;

export interface GiteaPulls extends PullRequests<Pull> {
  /** Waits while Gitea may still be computing whether an open pull request can be merged. */
  settled(pull: Pull, signal?: AbortSignal): Promise<Pull>;
}

type ByBranch = { headBranch: string; baseBranch?: string | undefined };

export function createPullRequests(api: GiteaApi, wait: typeof sleep = sleep): GiteaPulls {
  const read = (number: number, signal?: AbortSignal) => api.find(`/pulls/${number}`, pullSchema, signal);
  const one: GiteaPulls['one'] = async (number, operation, signal) => {
    const found = await read(number, signal);
    if (found) return found;
    throw notFound(number, operation);
  };
  const settled: GiteaPulls['settled'] = async (pull, signal) => {
    let current = pull;
    for (const delayMs of settleDelaysMs) {
      if (current.state !== 'open' || current.mergeable !== false || current.draft) break;
      await wait(delayMs, signal);
      current = await one(pull.number, 'read', signal);
    }
    return current;
  };
  const update: GiteaPulls['update'] = async (number, wished, signal) => {
    const before = await one(number, 'update', signal);
    const body = differenceTo(before, wished);
    return toPullRequest(Object.keys(body).length > 0 ? await change(api, before, body, signal) : before);
  };
  return {
    one,
    settled,
    update,
    open: (asked, given) =>
      openOnce(
        {
          host: api.host,
          wait,
          listedDelaysMs: [0],
          findOpen: async (draft, signal) => {
            const open = await findOpen(api, draft, signal);
            return open && toPullRequest(open);
          },
          create: (draft, signal) => openNew(api, draft, signal),
          rewrite: async ({ number }, { title, body, labels = [] }, signal) => {
            await update(number, { title, body }, signal);
            await label(api, number, labels, signal);
            return toPullRequest(await one(number, 'read back', signal));
          },
          read: async (...call) => toPullRequest(await one(...call)),
        },
        asked,
        given,
      ),
    find: async (by, signal) => {
      if ('number' in by) {
        const found = await read(by.number, signal);
        return found && toPullRequest(await settled(found, signal), { isSettled: true });
      }
      const found = (await findOpen(api, by, signal)) ?? (await findNewest(api, by, signal));
      return found && toPullRequest(found);
    },
    close: async (number, signal) => {
      const before = await one(number, 'close', signal);
      if (before.merged) throw notOpen({ number, state: 'merged' }, 'close');
      if (before.state !== 'open') return toPullRequest(before);
      return toPullRequest(await change(api, before, { state: 'closed' }, signal));
    },
  };
}

async function openNew(
  api: GiteaApi,
  draft: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<PullRequest | 'exists'> {
  const { headBranch, baseBranch, title, body, isDraft = false, labels = [] } = draft;
  await assertDifference(api, draft, signal);
  const asked = { title: titleFor(title, isDraft), body, head: headBranch, base: baseBranch };
  const reply = await api.call({ method: 'POST', path: '/pulls', body: asked, signal });
  if (reply.status === 409) return 'exists';
  if (reply.status !== 201) throw unexpectedAnswer(reply);
  const made = readReply(reply, pullSchema);
  const older = await findOpen(api, draft, signal);
  if (older && older.number < made.number) {
    await change(api, made, { state: 'closed' }, signal);
    return 'exists';
  }
  await label(api, made.number, labels, signal);
  return toPullRequest(made);
}

async function change(api: GiteaApi, pull: Pull, body: object, signal?: AbortSignal): Promise<Pull> {
  const path = `/pulls/${pull.number}`;
  const reply = await api.call({ method: 'PATCH', path, body, answers: [412], signal });
  // Somebody merged it in the meantime.
  if (reply.status === 412) throw notOpen({ number: pull.number, state: 'merged' }, 'close');
  return readReply(succeeded(reply), pullSchema);
}

/** Sends only what differs, because the forge notifies everybody who follows the pull request of each change. */
function differenceTo(before: Pull, wished: PullRequestChange): object {
  const isDraft = wished.isDraft ?? before.draft ?? false;
  const title = titleFor(wished.title ?? before.title, isDraft);
  const { body, baseBranch: base = branchOf(before.base) } = wished;
  return {
    ...(base === branchOf(before.base) ? {} : { base }),
    ...(title === before.title ? {} : { title }),
    ...(body === undefined || body === (before.body ?? '') ? {} : { body }),
  };
}

/**
 * By base and head, Gitea returns the oldest pull request, open or not, and an open one may be newer. Its list has no
 * filter by head. Two simultaneous calls open two pull requests; the older one is used.
 */
async function findOpen(api: GiteaApi, by: ByBranch, signal?: AbortSignal): Promise<Pull | null> {
  const { headBranch, baseBranch } = by;
  if (baseBranch !== undefined) {
    const oldest = await findOldest(api, headBranch, baseBranch, signal);
    if (oldest === null || (oldest.state === 'open' && isOf(oldest, by))) return oldest;
  }
  const query = { state: 'open', sort: 'recentupdate', base_branch: baseBranch };
  const open = await api.list({ path: '/pulls', query, pagesMax, signal }, pullSchema);
  return byNumber(open, by)[0] ?? null;
}

async function findNewest(api: GiteaApi, by: ByBranch, signal?: AbortSignal): Promise<Pull | null> {
  const query = { state: 'closed', sort: 'recentupdate', base_branch: by.baseBranch };
  const closed = await api.list({ path: '/pulls', query, pagesMax, signal }, pullSchema);
  const found = byNumber(closed, by).at(-1) ?? null;
  if (found || by.baseBranch === undefined) return found;
  return findOldest(api, by.headBranch, by.baseBranch, signal);
}

function findOldest(api: GiteaApi, headBranch: string, baseBranch: string, signal?: AbortSignal) {
  const path = `/pulls/${encodeURIComponent(baseBranch)}/${encodeURIComponent(headBranch)}`;
  return api.find(path, pullSchema, signal);
}

function byNumber(pulls: readonly Pull[], by: ByBranch): Pull[] {
  return pulls.filter((pull) => isOf(pull, by)).toSorted((a, b) => a.number - b.number);
}

/** A fork may have a branch of the same name. */
function isOf({ head, base }: Pull, { headBranch, baseBranch }: ByBranch): boolean {
  const isFork = head.repo_id !== base.repo_id && head.repo_id !== -1;
  return (
    !isFork && branchOf(head) === headBranch && (baseBranch === undefined || branchOf(base) === baseBranch)
  );
}

/** Gitea would open a pull request without any change. */
async function assertDifference(
  api: GiteaApi,
  { headBranch, baseBranch }: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await commitsBetween(api, { from: baseBranch, to: headBranch }, signal)) === 0)
    throw withoutChange(api, { headBranch, baseBranch });
}

/** Gitea itself leaves out labels that the repository does not have. */
async function label(
  api: GiteaApi,
  number: number,
  labels: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (labels.length === 0) return;
  const path = `/issues/${number}/labels`;
  succeeded(await api.call({ method: 'POST', path, body: { labels }, signal }));
}
