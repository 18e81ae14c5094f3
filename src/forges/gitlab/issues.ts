// Issues on GitLab that request work.
import { z } from 'zod';
import { visibleText } from '../../domain/text/visible-text.ts';
import type { ForgeIssue, IssueLabel } from '../../engine/ports/forge.ts';
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
    created_at: z.string().nullish(),
  }),
);
const notesSchema = z.array(
  z.looseObject({ body: z.string(), system: z.boolean().catch(false), created_at: z.string() }),
);
/** GitLab's own notes are in English, whatever the language of its pages. */
const editNote = /^changed (?:the description|title)\b/;
const unlabelled: IssueLabel = { labelledBy: null, labelledAt: null };

export async function listIssues(
  api: GitLabApi,
  { label, since }: { label: string; since: Date | null },
  signal?: AbortSignal,
): Promise<ForgeIssue[]> {
  const query = {
    labels: label,
    state: 'opened',
    order_by: 'updated_at',
    sort: 'asc',
    scope: 'all',
    updated_after: since?.toISOString(),
  };
  const found = await api.pages({ path: '/issues', query, canWait: true, signal }, z.array(issueSchema));
  const issues: ForgeIssue[] = [];
  for (const issue of found) issues.push(toIssue(issue, await lastLabelled(api, issue.iid, label, signal)));
  return issues;
}

export async function findIssue(
  api: GitLabApi,
  number: number,
  signal?: AbortSignal,
): Promise<ForgeIssue | null> {
  const reply = await api.call({ method: 'GET', path: `/issues/${number}`, answers: [404], signal });
  return reply.status === 200 ? toIssue(readReply(reply, issueSchema), unlabelled) : null;
}

export async function isIssueEdited(
  api: GitLabApi,
  number: number,
  since: Date,
  signal?: AbortSignal,
): Promise<boolean> {
  const path = `/issues/${number}/notes`;
  const notes = await api.pages({ path, signal }, notesSchema);
  return notes.some(
    ({ system, body, created_at: at }) => system && editNote.test(body) && Date.parse(at) >= since.getTime(),
  );
}

/** Who added the label last. Someone who added it earlier may have rights that this person lacks. */
async function lastLabelled(
  api: GitLabApi,
  number: number,
  label: string,
  signal: AbortSignal | undefined,
): Promise<IssueLabel> {
  const path = `/issues/${number}/resource_label_events`;
  const events = await api.pages({ path, canWait: true, signal }, labelEventsSchema);
  const last = events.findLast(
    (event) => event.action === 'add' && event.label?.name.toLowerCase() === label.toLowerCase(),
  );
  return { labelledBy: last?.user?.username ?? null, labelledAt: last?.created_at ?? null };
}

function toIssue(issue: z.infer<typeof issueSchema>, label: IssueLabel): ForgeIssue {
  return {
    number: issue.iid,
    url: issue.web_url,
    title: visibleText(issue.title).slice(0, titleCharsMax),
    body: visibleText(issue.description ?? '').slice(0, bodyCharsMax),
    author: issue.author?.username ?? 'ghost',
    ...label,
    labels: issue.labels,
    state: issue.state === 'opened' ? 'open' : 'closed',
    updatedAt: issue.updated_at,
  };
}
