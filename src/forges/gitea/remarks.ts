// What people wrote about a pull request on Gitea: comments, reviews and comments on lines, in one shape. All of it is
// untrusted text.
import { z } from 'zod';
import { endsWithMarker } from '../../domain/forge/forge-text.ts';
import type { Remark } from '../../engine/ports/forge.ts';
import { type GiteaApi, succeeded } from './api.ts';

const user = z.looseObject({ login: z.string() }).nullish();

export const commentSchema = z.looseObject({
  id: z.number(),
  body: z.string(),
  user,
  html_url: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
});

const reviewSchema = z.looseObject({
  id: z.number(),
  state: z.string(),
  body: z.string().catch(''),
  user,
  dismissed: z.boolean().nullish(),
  commit_id: z.string().nullish(),
  comments_count: z.number().catch(0),
  html_url: z.string().nullish(),
  submitted_at: z.string(),
  updated_at: z.string(),
});
type Review = z.infer<typeof reviewSchema>;

const lineSchema = z.looseObject({
  ...commentSchema.shape,
  resolver: user,
  path: z.string().nullish(),
  commit_id: z.string().nullish(),
  position: z.number().nullish(),
  original_position: z.number().nullish(),
});

const bodyCharsMax = 64 * 1024;
/** Gitea lists comments on lines for one review at a time. */
const reviewsWithLinesMax = 50;

const judgements: Readonly<Record<string, Remark['judgement']>> = {
  APPROVED: 'approved',
  REQUEST_CHANGES: 'changes_requested',
  COMMENT: 'commented',
};

export async function readRemarks(
  api: GiteaApi,
  { number, since, login }: { number: number; since: Date | null; login: string },
  signal?: AbortSignal,
): Promise<Remark[]> {
  // Gitea's times are whole seconds.
  const sinceMs = since === null ? 0 : Math.floor(since.getTime() / 1_000) * 1_000;
  const query = since === null ? {} : { since: new Date(sinceMs).toISOString() };
  const path = `/issues/${number}/comments`;
  // This list has no pages.
  const comments = await api.list({ path, query, pagesMax: 1, signal }, commentSchema);
  const all = await api.list({ path: `/pulls/${number}/reviews`, signal }, reviewSchema);
  const reviews = all.filter(({ state }) => Object.hasOwn(judgements, state));
  const isFresh = ({ updatedAt }: Remark) => Date.parse(updatedAt) >= sinceMs;
  // A review that was drafted for hours has the times of its drafts, so only its change shows that it is new.
  const fresh = new Set(
    reviews.flatMap(({ id, updated_at }) => (Date.parse(updated_at) >= sinceMs ? [id] : [])),
  );
  const ofReviews = [
    ...reviews.filter(saysSomething).map((review) => ({ id: review.id, remark: ofReview(review, login) })),
    ...(await linesOf(api, number, reviews, { login, signal })),
  ];
  return [
    ...comments.map((comment) => ofComment(comment, login)).filter(isFresh),
    ...ofReviews.flatMap(({ id, remark }) => (fresh.has(id) || isFresh(remark) ? [remark] : [])),
  ].toSorted((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || compare(a.key, b.key));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The newest reviews only. An edited comment does not change the time of its review. */
async function linesOf(
  api: GiteaApi,
  number: number,
  reviews: readonly Review[],
  { login, signal }: { login: string; signal: AbortSignal | undefined },
): Promise<{ id: number; remark: Remark }[]> {
  const withLines = reviews
    .filter(({ comments_count }) => comments_count > 0)
    .toSorted((a, b) => b.id - a.id);
  const remarks: { id: number; remark: Remark }[] = [];
  for (const { id } of withLines.slice(0, reviewsWithLinesMax)) {
    const path = `/pulls/${number}/reviews/${id}/comments`;
    for (const line of await api.list({ path, pagesMax: 1, signal }, lineSchema)) {
      const remark: Remark = {
        ...ofComment(line, login),
        key: `line:${line.id}`,
        kind: 'line',
        sha: line.commit_id || null,
        path: line.path || null,
        line: line.position || line.original_position || null,
        threadId: String(line.id),
        isResolved: (line.resolver ?? null) !== null,
      };
      remarks.push({ id, remark });
    }
  }
  return remarks;
}

/** A review that consists only of comments on lines is represented by these. */
function saysSomething({ state, body }: Review): boolean {
  return state !== 'COMMENT' || body.trim() !== '';
}

function ofComment(
  { id, body, user, html_url, created_at, updated_at }: z.infer<typeof commentSchema>,
  login: string,
): Remark {
  const author = user?.login ?? '';
  return {
    key: `comment:${id}`,
    kind: 'comment',
    author,
    isOwn: isSame(author, login),
    isMarked: endsWithMarker(body),
    body: body.slice(0, bodyCharsMax),
    judgement: null,
    sha: null,
    path: null,
    line: null,
    threadId: null,
    isResolved: false,
    createdAt: created_at,
    updatedAt: updated_at,
    url: html_url ?? null,
  };
}

function ofReview(review: Review, login: string): Remark {
  const { id, state, dismissed, commit_id, submitted_at, updated_at } = review;
  return {
    ...ofComment({ ...review, created_at: submitted_at, updated_at }, login),
    key: `review:${id}`,
    kind: 'review',
    judgement: dismissed ? 'dismissed' : (judgements[state] ?? null),
    sha: commit_id || null,
    // Gitea also updates the time of a review that becomes stale, so the time does not show an edit.
    updatedAt: dismissed ? updated_at : submitted_at,
  };
}

/** Account names are case-insensitive. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A forge without this API (Forgejo, Gitea before 1.26) leaves the thread open. */
export async function resolveThread(api: GiteaApi, remark: Remark, signal?: AbortSignal): Promise<void> {
  if (remark.threadId === null) return;
  const path = `/pulls/comments/${encodeURIComponent(remark.threadId)}/resolve`;
  const reply = await api.call({ method: 'POST', path, answers: [404], signal });
  if (reply.status !== 404) succeeded(reply);
}
