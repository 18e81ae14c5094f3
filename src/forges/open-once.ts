// Opens a pull request, or adopts the open one of its branch and base, and waits until it shows the pushed commit.
// Works the same for every host, and may be repeated after a lost answer.
import type { Forge, Opened, PullRequest, PullRequestDraft } from '../engine/ports/forge.ts';
import type { sleep } from '../stdx/async/sleep.ts';
import { notListed } from './pull-request-failures.ts';

/** Delays until the pull request shows the pushed commit: 66 ms on Gitea, seconds on GitHub. At most 30 s in total. */
const headDelaysMs: readonly number[] = [100, 250, 500, 1_000, 2_000, 4_000, 8_000, 14_000];

/** An adapter's operations on pull requests; `Raw` is the host's own shape. */
export interface PullRequests<Raw> {
  open: Forge['openPullRequest'];
  find: Forge['findPullRequest'];
  update: Forge['updatePullRequest'];
  close: Forge['closePullRequest'];
  /** @throws PermanentError `PULL_REQUEST_NOT_FOUND` */
  one(number: number, operation: string, signal?: AbortSignal): Promise<Raw>;
}

/** The host's part of each operation. */
export interface Opening {
  host: string;
  /** When to look again for a pull request that is open but not listed yet. */
  listedDelaysMs: readonly number[];
  findOpen(draft: PullRequestDraft, signal?: AbortSignal): Promise<PullRequest | null>;
  /** Also sets the labels. `exists`: another call has already opened one. */
  create(draft: PullRequestDraft, signal?: AbortSignal): Promise<PullRequest | 'exists'>;
  /** Updates an open pull request with the text and labels of the draft. */
  rewrite(found: PullRequest, draft: PullRequestDraft, signal?: AbortSignal): Promise<PullRequest>;
  read(number: number, operation: string, signal?: AbortSignal): Promise<PullRequest>;
  wait: typeof sleep;
}

export async function openOnce(
  opening: Opening,
  draft: PullRequestDraft,
  signal?: AbortSignal,
): Promise<Opened> {
  const there = await opening.findOpen(draft, signal);
  if (there) return adopt(opening, there, draft, signal);
  const made = await opening.create(draft, signal);
  if (made !== 'exists') return { ...(await withHead(opening, made, draft.headSha, signal)), how: 'opened' };
  for (const delayMs of opening.listedDelaysMs) {
    await opening.wait(delayMs, signal);
    const found = await opening.findOpen(draft, signal);
    if (found) return adopt(opening, found, draft, signal);
  }
  throw notListed(opening, draft.headBranch);
}

async function adopt(
  opening: Opening,
  found: PullRequest,
  draft: PullRequestDraft,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  const rewritten = await opening.rewrite(found, draft, signal);
  return { ...(await withHead(opening, rewritten, draft.headSha, signal)), how: 'adopted' };
}

/** Reads until it shows the commit. If it never does, the caller notices when it reads the pull request again. */
async function withHead(
  { read, wait }: Opening,
  found: PullRequest,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<PullRequest> {
  let current = found;
  for (const delayMs of headDelaysMs) {
    if (current.headSha === sha) break;
    await wait(delayMs, signal);
    current = await read(found.number, 'read back', signal);
  }
  return current;
}
