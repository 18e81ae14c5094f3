// Issues on Gitea. Gitea ignores the label filter if it does not know the label, so each issue is checked too.
import { z } from 'zod';
import type { ForgeIssue, IssueLabel } from '../../engine/ports/forge.ts';
import type { GiteaApi } from './api.ts';

const issueSchema = z.looseObject({
  number: z.number().int().positive(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().catch(''),
  user: z.looseObject({ login: z.string() }).nullish(),
  labels: z.array(z.looseObject({ name: z.string() })).nullish(),
  state: z.string(),
  updated_at: z.string(),
  // How often the text was edited; older versions do not say.
  content_version: z.number().nullish(),
  // Pull requests are issues too.
  pull_request: z.unknown().optional(),
});
type Issue = z.infer<typeof issueSchema>;

const eventSchema = z.looseObject({
  type: z.string().catch(''),
  // '1' if the label was added, empty if it was removed.
  body: z.string().nullish(),
  user: z.looseObject({ login: z.string() }).nullish(),
  label: z.looseObject({ name: z.string() }).nullish(),
  created_at: z.string().nullish(),
});

const titleCharsMax = 500;
const bodyCharsMax = 64 * 1024;
const labelsMax = 100;
const pagesMax = 10;
const timelinePagesMax = 40;
/** Gitea updates an issue at most this much after the event that changes it; its times are in seconds. */
const updatedWithinMs = 1_000;
const unlabelled: IssueLabel = { labelledBy: null, labelledAt: null };

export async function listIssues(
  api: GiteaApi,
  { label, since }: { label: string; since: Date | null },
  signal?: AbortSignal,
): Promise<ForgeIssue[]> {
  const query = {
    type: 'issues',
    state: 'open',
    labels: label,
    ...(since === null ? {} : { since: since.toISOString() }),
  };
  const all = await api.list({ path: '/issues', query, pagesMax, signal }, issueSchema);
  const found: ForgeIssue[] = [];
  for (const issue of all.filter((each) => isIssue(each) && labelsOf(each).includes(label))) {
    found.push(toIssue(issue, await lastLabelled(api, issue.number, label, signal)));
  }
  return found.toSorted((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || a.number - b.number);
}

export async function findIssue(
  api: GiteaApi,
  number: number,
  signal?: AbortSignal,
): Promise<ForgeIssue | null> {
  const issue = await api.find(`/issues/${number}`, issueSchema, signal);
  return issue && isIssue(issue) ? toIssue(issue, unlabelled) : null;
}

/** Gitea does not say when a text was edited: anything later that changed the issue may have been an edit of it. */
export async function isIssueEdited(
  api: GiteaApi,
  number: number,
  since: Date,
  signal?: AbortSignal,
): Promise<boolean> {
  const issue = await api.find(`/issues/${number}`, issueSchema, signal);
  if (issue === null) return true;
  if (Date.parse(issue.updated_at) <= since.getTime() + updatedWithinMs) return false;
  if (issue.content_version !== 0) return true;
  const isLater = ({ created_at: at }: z.infer<typeof eventSchema>) =>
    !at || Date.parse(at) >= since.getTime();
  return (await timelineOf(api, number, signal)).some(
    (each) => each.type === 'change_title' && isLater(each),
  );
}

function timelineOf(api: GiteaApi, number: number, signal: AbortSignal | undefined) {
  return api.list({ path: `/issues/${number}/timeline`, pagesMax: timelinePagesMax, signal }, eventSchema);
}

/** Who added the label last. */
async function lastLabelled(
  api: GiteaApi,
  number: number,
  label: string,
  signal: AbortSignal | undefined,
): Promise<IssueLabel> {
  const events = await timelineOf(api, number, signal);
  const added = events.filter(
    (event) => event.type === 'label' && event.label?.name === label && event.body === '1',
  );
  const last = added.at(-1);
  return { labelledBy: last?.user?.login ?? null, labelledAt: last?.created_at ?? null };
}

const isIssue = ({ pull_request }: Issue) => (pull_request ?? null) === null;

function labelsOf({ labels }: Issue): string[] {
  return (labels ?? []).slice(0, labelsMax).map(({ name }) => name);
}

function toIssue(issue: Issue, label: IssueLabel): ForgeIssue {
  return {
    number: issue.number,
    url: issue.html_url,
    title: issue.title.slice(0, titleCharsMax),
    body: issue.body.slice(0, bodyCharsMax),
    author: issue.user?.login ?? '',
    ...label,
    labels: labelsOf(issue),
    state: issue.state === 'open' ? 'open' : 'closed',
    updatedAt: issue.updated_at,
  };
}
