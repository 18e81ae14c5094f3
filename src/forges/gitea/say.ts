// Writes a comment once: if its hidden marker is there already, the comment is edited instead.
import { hasMarker, withMarker } from '../../domain/forge/forge-text.ts';
import type { Saying } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import { notFound } from '../pull-request-failures.ts';
import { type GiteaApi, succeeded } from './api.ts';
import { commentSchema, isSame } from './remarks.ts';

export async function say(
  api: GiteaApi,
  { number, text, key, answers }: Saying,
  login: string,
  signal?: AbortSignal,
): Promise<{ url: string | null }> {
  // Gitea's API cannot reply in a thread.
  const about = answers?.url ? `In reply to ${answers.url}:\n\n` : '';
  const body = withMarker(`${about}${text}`, key);
  const path = `/issues/${number}/comments`;
  const there = await api.list({ path, pagesMax: 1, signal }, commentSchema);
  // Anybody can copy the marker, so the author must be Moose.
  const ours = there.find(
    (comment) => isSame(comment.user?.login ?? '', login) && hasMarker(comment.body, key),
  );
  if (ours?.body === body) return { url: ours.html_url ?? null };
  if (!ours) await assertThere(api, number, signal);
  const reply = ours
    ? await api.call({ method: 'PATCH', path: `/issues/comments/${ours.id}`, body: { body }, signal })
    : await api.call({ method: 'POST', path, body: { body }, signal });
  return { url: readReply(succeeded(reply), commentSchema).html_url ?? null };
}

/** Gitea answers 500 if there is nothing to comment on. */
async function assertThere(api: GiteaApi, number: number, signal: AbortSignal | undefined): Promise<void> {
  const reply = await api.call({ method: 'GET', path: `/issues/${number}`, answers: [404], signal });
  if (reply.status === 404) throw notFound(number, 'say');
}
