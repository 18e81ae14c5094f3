// What people and programs say about a pull request: comments, reviews and comments on lines; and what Moose says.
import { z } from 'zod';
import { endsWithMarker, hasMarker, withMarker, withoutMarkers } from '../../domain/forge/forge-text.ts';
import { visibleText } from '../../domain/text/visible-text.ts';
import type { Remark, Saying } from '../../engine/ports/forge.ts';
import { readReply, unexpectedAnswer } from '../call-host.ts';
import type { GitHubApi } from './api.ts';
import { threadsOf } from './threads.ts';

const bodyCharsMax = 20_000;

const user = z.looseObject({ login: z.string() }).nullish();
const commentSchema = z.looseObject({
  id: z.number(),
  user,
  body: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string().nullish(),
});
const lineSchema = commentSchema.extend({
  path: z.string().nullish(),
  line: z.number().nullish(),
  original_line: z.number().nullish(),
  original_commit_id: z.string().nullish(),
  in_reply_to_id: z.number().nullish(),
  pull_request_review_id: z.number().nullish(),
});
const reviewSchema = z.looseObject({
  id: z.number(),
  user,
  body: z.string().nullish(),
  state: z.string(),
  // Null for a review that is not submitted yet.
  submitted_at: z.string().nullish(),
  commit_id: z.string().nullish(),
  html_url: z.string().nullish(),
});
type Comment = z.infer<typeof commentSchema>;
type Line = z.infer<typeof lineSchema>;

const judgements: Readonly<Record<string, NonNullable<Remark['judgement']>>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
};

/** `since` has whole seconds, so changes within that second are read again. */
export async function readRemarks(
  api: GitHubApi,
  { number, since, ownLogin }: { number: number; since: Date | null; ownLogin: string },
  signal?: AbortSignal,
): Promise<Remark[]> {
  const asked = { query: since ? { since: wholeSeconds(since) } : {}, canWait: true, signal };
  const comments = await api.pages({ path: `/issues/${number}/comments`, ...asked }, z.array(commentSchema));
  const reviews = await api.pages(
    { path: `/pulls/${number}/reviews`, canWait: true, signal },
    z.array(reviewSchema),
  );
  // Comments on lines have the times of their drafts, which may be hours before the review.
  const fresh = new Set(
    reviews.flatMap(({ id, submitted_at: at }) => (since !== null && at && isSince(at, since) ? [id] : [])),
  );
  const lines = await api.pages(
    { path: `/pulls/${number}/comments`, ...asked, ...(fresh.size > 0 ? { query: {} } : {}) },
    z.array(lineSchema),
  );
  const ofFresh = new Set(
    lines.flatMap(({ id, pull_request_review_id: review }) => (fresh.has(review ?? 0) ? [`line:${id}`] : [])),
  );
  const threads = lines.length > 0 ? await threadsOf(api, number, signal) : new Map();
  const common = (given: Pick<Comment, 'user' | 'body' | 'html_url'>) => ({
    author: given.user?.login ?? 'ghost',
    isOwn: isSame(given.user?.login, ownLogin),
    isMarked: endsWithMarker(given.body ?? ''),
    body: readable(given.body ?? ''),
    url: given.html_url ?? null,
  });
  const noLine = { path: null, line: null, threadId: null, isResolved: false };
  const all: Remark[] = [
    ...comments.map(
      (comment): Remark => ({
        key: `comment:${comment.id}`,
        kind: 'comment',
        ...common(comment),
        ...noLine,
        judgement: null,
        sha: null,
        createdAt: comment.created_at,
        updatedAt: comment.updated_at,
      }),
    ),
    ...lines.map((line): Remark => {
      const thread = threads.get(line.id);
      return {
        key: `line:${line.id}`,
        kind: 'line',
        ...common(line),
        judgement: null,
        sha: line.original_commit_id ?? null,
        path: line.path ?? null,
        line: line.line ?? line.original_line ?? null,
        threadId: thread?.id ?? null,
        isResolved: thread?.isResolved ?? false,
        createdAt: line.created_at,
        updatedAt: line.updated_at,
      };
    }),
    ...reviews.flatMap((review): Remark[] => {
      const at = review.submitted_at;
      const judgement = judgements[review.state];
      // A review that consists only of comments on lines has no text of its own.
      const isEmpty = judgement === 'commented' && (review.body ?? '').trim() === '';
      if (!at || judgement === undefined || isEmpty) return [];
      return [
        {
          key: `review:${review.id}`,
          kind: 'review',
          ...common(review),
          ...noLine,
          judgement,
          sha: review.commit_id ?? null,
          createdAt: at,
          updatedAt: at,
        },
      ];
    }),
  ];
  return all
    .filter(
      ({ key, updatedAt, judgement }) =>
        since === null || judgement === 'dismissed' || ofFresh.has(key) || isSince(updatedAt, since),
    )
    .toSorted((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
}

const wholeSeconds = (at: Date) => `${at.toISOString().slice(0, 19)}Z`;
const isSince = (at: string, since: Date) => Date.parse(at) >= Date.parse(wholeSeconds(since));
const readable = (body: string) => visibleText(withoutMarkers(body)).slice(0, bodyCharsMax);

export function isSame(login: string | undefined, other: string): boolean {
  return login?.toLowerCase() === other.toLowerCase();
}

/** Writes a comment, or changes the one with the same key. */
export async function say(
  api: GitHubApi,
  { number, text, key, answers }: Saying,
  ownLogin: string,
  signal?: AbortSignal,
): Promise<{ url: string | null }> {
  const body = withMarker(text, key);
  const top = answers?.kind === 'line' ? await topOf(api, answers, signal) : null;
  const kind = top === null ? 'issues' : 'pulls';
  const written = await api.pages({ path: `/${kind}/${number}/comments`, signal }, z.array(commentSchema));
  const own = written.find(
    (comment) => isSame(comment.user?.login, ownLogin) && hasMarker(comment.body ?? '', key),
  );
  if (own && (own.body ?? '').trimEnd() === body.trimEnd()) return { url: own.html_url ?? null };
  const reply = own
    ? await api.call({ method: 'PATCH', path: `/${kind}/comments/${own.id}`, body: { body }, signal })
    : await api.call({
        method: 'POST',
        path: top === null ? `/issues/${number}/comments` : `/pulls/${number}/comments/${top}/replies`,
        body: { body },
        signal,
      });
  if (reply.status !== 200 && reply.status !== 201) throw unexpectedAnswer(reply);
  return { url: readReply(reply, commentSchema).html_url ?? null };
}

/** Only the first comment of a thread accepts replies; null if it was deleted. */
async function topOf(
  api: GitHubApi,
  { key }: Remark,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const [, id] = /^line:(\d+)$/.exec(key) ?? [];
  if (id === undefined) return null;
  const path = `/pulls/comments/${id}`;
  const reply = await api.call({ method: 'GET', path, answers: [404], signal });
  if (reply.status !== 200) return null;
  const line: Line = readReply(reply, lineSchema);
  return line.in_reply_to_id ?? line.id;
}
