// What people and programs say about a merge request: notes in discussions, and approvals; and what Moose says.
import { z } from 'zod';
import { endsWithMarker, hasMarker, withMarker, withoutMarkers } from '../../domain/forge/forge-text.ts';
import { visibleText } from '../../domain/text/visible-text.ts';
import type { Remark, Saying } from '../../engine/ports/forge.ts';
import { type HostReply, readReply, unexpectedAnswer } from '../call-host.ts';
import type { GitLabApi } from './api.ts';

const bodyCharsMax = 20_000;

const noteSchema = z.looseObject({
  id: z.number(),
  type: z.string().nullish(),
  body: z.string().nullish(),
  author: z.looseObject({ username: z.string() }).nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  // Written by GitLab itself, such as `approved this merge request`.
  system: z.boolean().nullish(),
  resolvable: z.boolean().nullish(),
  resolved: z.boolean().nullish(),
  position: z
    .looseObject({
      new_path: z.string().nullish(),
      old_path: z.string().nullish(),
      new_line: z.number().nullish(),
      old_line: z.number().nullish(),
      head_sha: z.string().nullish(),
    })
    .nullish(),
});
type Note = z.infer<typeof noteSchema>;
const discussionSchema = z.looseObject({
  id: z.string(),
  individual_note: z.boolean().nullish(),
  notes: z.array(noteSchema),
});
const reviewersSchema = z.array(
  z.looseObject({
    user: z.looseObject({ username: z.string() }),
    state: z.string(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
  }),
);
const approvalsSchema = z.looseObject({
  approved_by: z
    .array(
      z.looseObject({
        user: z.looseObject({ username: z.string() }),
        // Since GitLab 18.5.
        approved_at: z.string().nullish(),
      }),
    )
    .catch([]),
});

export interface Asked {
  number: number;
  since: Date | null;
  ownLogin: string;
}

export async function readRemarks(api: GitLabApi, asked: Asked, signal?: AbortSignal): Promise<Remark[]> {
  const path = `/merge_requests/${asked.number}/discussions`;
  const discussions = await api.pages({ path, canWait: true, signal }, z.array(discussionSchema));
  const notes = discussions.flatMap((discussion) =>
    discussion.notes.filter(({ system }) => system !== true).map((note) => remarkOf(asked, discussion, note)),
  );
  const { since } = asked;
  const judgements = await judgementsOf(api, asked, approvalTimes(discussions), signal);
  return [...notes, ...judgements]
    .filter(({ updatedAt }) => since === null || Date.parse(updatedAt) >= since.getTime())
    .toSorted((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
}

function remarkOf(
  { number, ownLogin }: Asked,
  discussion: z.infer<typeof discussionSchema>,
  note: Note,
): Remark {
  const { position } = note;
  const isLine = note.type === 'DiffNote';
  return {
    key: `note:${note.id}`,
    kind: isLine ? 'line' : 'comment',
    author: note.author?.username ?? 'ghost',
    isOwn: isSame(note.author?.username, ownLogin),
    isMarked: endsWithMarker(note.body ?? ''),
    body: visibleText(withoutMarkers(note.body ?? '')).slice(0, bodyCharsMax),
    judgement: null,
    sha: position?.head_sha ?? null,
    path: isLine ? (position?.new_path ?? position?.old_path ?? null) : null,
    line: isLine ? (position?.new_line ?? position?.old_line ?? null) : null,
    // A thread is found only below its merge request.
    threadId: note.resolvable === true ? `${number}/${discussion.id}` : null,
    isResolved: note.resolved ?? false,
    createdAt: note.created_at,
    updatedAt: isEdited(note) ? note.updated_at : note.created_at,
    url: null,
  };
}

/** Resolving a note also updates its time; that is not an edit. */
function isEdited({ created_at, updated_at, resolved }: Note): boolean {
  return resolved !== true && updated_at !== created_at;
}

const stateMeans: Readonly<Record<string, NonNullable<Remark['judgement']>>> = {
  approved: 'approved',
  requested_changes: 'changes_requested',
};

/** When each person approved last, from the note that GitLab itself writes then. */
function approvalTimes(discussions: readonly z.infer<typeof discussionSchema>[]): Map<string, string> {
  const times = new Map<string, string>();
  for (const { system, body, author, created_at: at } of discussions.flatMap(({ notes }) => notes)) {
    if (system !== true || !/^approved this merge request\b/.test(body ?? '') || !author) continue;
    const before = times.get(author.username);
    if (before === undefined || Date.parse(before) < Date.parse(at)) times.set(author.username, at);
  }
  return times;
}

/**
 * Approvals, and who asked for changes: only newer versions report the latter. An approval of unknown time counts as one
 * of an older commit: the time of the merge request itself changes with every push and note.
 */
async function judgementsOf(
  api: GitLabApi,
  { number, ownLogin }: Asked,
  approvedAt: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<Remark[]> {
  const ask = (what: string) =>
    api.call({
      method: 'GET',
      path: `/merge_requests/${number}/${what}`,
      answers: [403, 404],
      canWait: true,
      signal,
    });
  const approvals = await ask('approvals');
  const reviewers = await ask('reviewers');
  const given = new Map<string, { judgement: NonNullable<Remark['judgement']>; at: string }>();
  if (approvals.status === 200) {
    for (const { user, approved_at: at } of readReply(approvals, approvalsSchema).approved_by)
      given.set(user.username, {
        judgement: 'approved',
        at: at ?? approvedAt.get(user.username) ?? epoch,
      });
  }
  if (reviewers.status === 200)
    for (const { user, state, updated_at, created_at } of readReply(reviewers, reviewersSchema)) {
      const judgement = stateMeans[state];
      if (judgement === 'changes_requested')
        given.set(user.username, { judgement, at: updated_at ?? created_at ?? epoch });
    }
  return [...given].map(([author, { judgement, at }]) => ({
    // A person may judge more than once, so each judgement is a separate remark.
    key: `review:${author}:${judgement}:${at}`,
    kind: 'review',
    author,
    judgement,
    isOwn: isSame(author, ownLogin),
    body: '',
    sha: null,
    path: null,
    line: null,
    threadId: null,
    isResolved: false,
    createdAt: at,
    updatedAt: at,
    url: null,
  }));
}

const epoch = new Date(0).toISOString();

export function isSame(login: string | undefined, other: string): boolean {
  return login?.toLowerCase() === other.toLowerCase();
}

/** Writes a note, or changes the one with the same key. */
export async function say(
  api: GitLabApi,
  { number, text, key, answers, onIssue = false }: Saying,
  ownLogin: string,
  signal?: AbortSignal,
): Promise<{ url: string | null }> {
  const body = withMarker(text, key);
  const notes = `/${onIssue ? 'issues' : 'merge_requests'}/${number}/notes`;
  const written = await api.pages({ path: notes, signal }, z.array(noteSchema));
  const own = written.find(
    (note) => isSame(note.author?.username, ownLogin) && hasMarker(note.body ?? '', key),
  );
  const page = `${api.webUrl}/-/${onIssue ? 'issues' : 'merge_requests'}/${number}`;
  if (own && (own.body ?? '').trimEnd() === body.trimEnd()) return { url: `${page}#note_${own.id}` };
  const thread = onIssue ? null : (answers?.threadId ?? null);
  const path = own ? `${notes}/${own.id}` : thread === null ? notes : `${pathOf(thread)}/notes`;
  const reply: HostReply = await api.call({
    method: own ? 'PUT' : 'POST',
    path,
    body: { body },
    signal,
  });
  if (reply.status !== 200 && reply.status !== 201) throw unexpectedAnswer(reply);
  return { url: `${page}#note_${readReply(reply, noteSchema).id}` };
}

export async function resolveThread(
  api: GitLabApi,
  { threadId }: Remark,
  signal?: AbortSignal,
): Promise<void> {
  if (threadId === null) return;
  const path = pathOf(threadId);
  const reply = await api.call({ method: 'PUT', path, body: { resolved: true }, answers: [404], signal });
  if (reply.status !== 200 && reply.status !== 404) throw unexpectedAnswer(reply);
}

function pathOf(threadId: string): string {
  const [number = '', discussion = ''] = threadId.split('/');
  return `/merge_requests/${encodeURIComponent(number)}/discussions/${encodeURIComponent(discussion)}`;
}
