// Issues on GitHub that request work. GitHub's API lists pull requests as issues too; they are left out.
import { z } from 'zod';
import { visibleText } from '../../domain/text/visible-text.ts';
import type { ForgeIssue, IssueLabel } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import type { GitHubApi } from './api.ts';

const bodyCharsMax = 60_000;
const titleCharsMax = 1_000;

const issueSchema = z.looseObject({
  number: z.number(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  user: z.looseObject({ login: z.string() }).nullish(),
  labels: z.array(z.union([z.string(), z.looseObject({ name: z.string().nullish() })])).catch([]),
  state: z.enum(['open', 'closed']),
  updated_at: z.string(),
  pull_request: z.unknown().optional(),
});
type Issue = z.infer<typeof issueSchema>;
const eventsSchema = z.array(
  z.looseObject({
    event: z.string().nullish(),
    actor: z.looseObject({ login: z.string() }).nullish(),
    label: z.looseObject({ name: z.string().nullish() }).nullish(),
    created_at: z.string().nullish(),
  }),
);

const editedQuery = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { lastEditedAt } }
}`;
const editedSchema = z.looseObject({
  repository: z.looseObject({ issue: z.looseObject({ lastEditedAt: z.string().nullish() }) }),
});
const unlabelled: IssueLabel = { labelledBy: null, labelledAt: null };

export async function listIssues(
  api: GitHubApi,
  { label, since }: { label: string; since: Date | null },
  signal?: AbortSignal,
): Promise<ForgeIssue[]> {
  const query = {
    labels: label,
    state: 'open',
    sort: 'updated',
    direction: 'asc',
    since: since === null ? undefined : `${since.toISOString().slice(0, 19)}Z`,
  };
  const found = await api.pages({ path: '/issues', query, canWait: true, signal }, z.array(issueSchema));
  const issues: ForgeIssue[] = [];
  for (const issue of found.filter((each) => each.pull_request === undefined))
    issues.push(toIssue(issue, await lastLabelled(api, issue.number, label, signal)));
  return issues;
}

export async function findIssue(
  api: GitHubApi,
  number: number,
  signal?: AbortSignal,
): Promise<ForgeIssue | null> {
  const reply = await api.call({ method: 'GET', path: `/issues/${number}`, answers: [404, 410], signal });
  if (reply.status !== 200) return null;
  const issue = readReply(reply, issueSchema);
  return issue.pull_request === undefined ? toIssue(issue, unlabelled) : null;
}

/** Only GraphQL says when the text was edited. Times are in whole seconds: an edit in the same second counts. */
export async function isIssueEdited(
  api: GitHubApi,
  number: number,
  since: Date,
  signal?: AbortSignal,
): Promise<boolean> {
  const variables = { ...api.repository, number };
  const { repository } = await api.graphql({ query: editedQuery, variables, read: editedSchema, signal });
  const renames = (await eventsOf(api, number, signal)).filter(({ event }) => event === 'renamed');
  const edits = [repository.issue.lastEditedAt, ...renames.map(({ created_at: at }) => at)];
  return edits.some((at) => at && Date.parse(at) >= since.getTime());
}

function eventsOf(api: GitHubApi, number: number, signal: AbortSignal | undefined) {
  return api.pages({ path: `/issues/${number}/events`, canWait: true, signal }, eventsSchema);
}

/** Who added the label last. Someone who added it earlier may have rights that this person lacks. */
async function lastLabelled(
  api: GitHubApi,
  number: number,
  label: string,
  signal: AbortSignal | undefined,
): Promise<IssueLabel> {
  const events = await eventsOf(api, number, signal);
  const isThis = (name: string | null | undefined) => name?.toLowerCase() === label.toLowerCase();
  const last = events.findLast(({ event, label: put }) => event === 'labeled' && isThis(put?.name));
  return { labelledBy: last?.actor?.login ?? null, labelledAt: last?.created_at ?? null };
}

function toIssue(issue: Issue, label: IssueLabel): ForgeIssue {
  return {
    number: issue.number,
    url: issue.html_url,
    title: visibleText(issue.title).slice(0, titleCharsMax),
    body: visibleText(issue.body ?? '').slice(0, bodyCharsMax),
    author: issue.user?.login ?? 'ghost',
    ...label,
    labels: issue.labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? []))),
    state: issue.state,
    updatedAt: issue.updated_at,
  };
}
