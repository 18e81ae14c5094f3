// Issues on GitLab that request work.
import { z } from 'zod';
import { visibleText } from '../../domain/visible-text.ts';
import type { ForgeIssue } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import type { GitLabApi } from './api.ts';

const bodyCharsMax = 60_000;
const titleCharsMax = 1_000;

const issueSchema = z.looseObject({
  iid: z.number(),
  web_url: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  author: z.looseObject({ username: z.string() }).nullish(),
  labels: z.array(z.string()).catch([]),
  state: z.enum(['opened', 'closed']),
  updated_at: z.string(),
});
const labelEventsSchema = z.array(
  z.looseObject({
    action: z.string(),
    user: z.looseObject({ username: z.string() }).nullish(),
    label: z.looseObject({ name: z.string() }).nullish(),
  }),
);

export async function listIssues(
  api: GitLabApi,
  { label, since }: { label: string; since: Date | null },
  signal?: AbortSignal,
): Promise<ForgeIssue[]> {
  const query = {
    ...{ labels: label, state: 'opened', order_by: 'updated_at', sort: 'asc', scope: 'all' },
    updated_after: since?.toISOString(),
  };
  const found = await api.pages({ path: '/issues', query, canWait: true, signal }, z.array(issueSchema));
  const issues: ForgeIssue[] = [];
  for (const issue of found) issues.push(toIssue(issue, await labelledBy(api, issue.iid, label, signal)));
  return issues;
}

export async function findIssue(
  api: GitLabApi,
  number: number,
  signal?: AbortSignal,
): Promise<ForgeIssue | null> {
  const reply = await api.call({ method: 'GET', path: `/issues/${number}`, answers: [404], signal });
  return reply.status === 200 ? toIssue(readReply(reply, issueSchema), null) : null;
}

/** The person who added the label last. Someone who added it earlier may have rights that this person lacks. */
async function labelledBy(
  api: GitLabApi,
  number: number,
  label: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const path = `/issues/${number}/resource_label_events`;
  const events = await api.pages({ path, canWait: true, signal }, labelEventsSchema);
  const last = events.findLast(
    (event) => event.action === 'add' && event.label?.name.toLowerCase() === label.toLowerCase(),
  );
  return last?.user?.username ?? null;
}

function toIssue(issue: z.infer<typeof issueSchema>, labeller: string | null): ForgeIssue {
  return {
    number: issue.iid,
    url: issue.web_url,
    title: visibleText(issue.title).slice(0, titleCharsMax),
    body: visibleText(issue.description ?? '').slice(0, bodyCharsMax),
    author: issue.author?.username ?? 'ghost',
    labelledBy: labeller,
    labels: issue.labels,
    state: issue.state === 'opened' ? 'open' : 'closed',
    updatedAt: issue.updated_at,
  };
}
