// Tells reviewers what happened to their remarks: once a push has dealt with a remark, its thread is answered and
// resolved. A comment has a key, so that it is not written twice if the answer is lost.

import { foreignText } from '../../../domain/forge/forge-text.ts';
import type { Query } from '../../../store/database.ts';
import { moveRemark, type RemarkRow, remarksOf } from '../../../store/work/pull-requests/remarks.ts';
import { newestStepResult, openRunOf } from '../../../store/work/runs/runs.ts';
import { messagesOf } from '../../../store/work/work-orders/messages.ts';
import { eventsOf, type WorkOrder, workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import type { Remark } from '../../ports/forge.ts';
import { publishedSha } from '../../run/published-sha.ts';
import { askForge, hasAnswered, type RemarksContext } from './remarks-deps.ts';

const shaChars = 12;
const answerCharsMax = 4_000;

/** The result of a remark; null: it is still being worked on. */
interface Became {
  text: string;
  because: string;
  /** The commit that deals with the remark. */
  sha: string | null;
}

export async function answerRemarks(context: RemarksContext): Promise<void> {
  const { database, row, signal, reached } = context;
  const sent = await database.run((query) => remarksOf(query, row, ['sent']), signal);
  for (const remark of sent) {
    const became = await database.run((query) => becomeOf(query, remark, row.workOrderId), signal);
    if (became === null) continue;
    if (!(await hasAnswered(context, () => tell(context, remark, became)))) continue;
    reached('remarks:told');
    const { sha, because } = became;
    await database.run(
      (query) => moveRemark(query, remark, 'sent', { state: 'answered', answeredSha: sha, because }),
      signal,
    );
  }
}

async function becomeOf(
  query: Query,
  remark: RemarkRow,
  workOrderId: WorkOrder['id'],
): Promise<Became | null> {
  const order = await workOrderById(query, remark.followUpId ?? workOrderId);
  if (!order || (await openRunOf(query, order.id))) return null;
  if (remark.followUpId !== null) return becameOfFollowUp(order);
  const isPublished =
    order.status === 'completed' || (order.status === 'in_progress' && order.step === 'awaiting_ci');
  if (!isPublished || !(await isRead(query, order.id, remark))) return null;
  const sha = await publishedSha(query, order.id);
  const answer = await answerSince(query, order.id, remark.actedAt);
  if (sha !== null && sha !== remark.sentSha)
    return { sha, because: 'a push addresses it', text: `Changed in ${sha.slice(0, shaChars)}.` };
  return {
    sha: null,
    because: 'answered without a change',
    text: answer === '' ? 'Moose made no change for this.' : quote(answer),
  };
}

function becameOfFollowUp({ status, pullRequestUrl }: WorkOrder): Became | null {
  if (status === 'cancelled')
    return { sha: null, because: 'its work order was cancelled', text: 'The work on this was cancelled.' };
  if (pullRequestUrl === null || status === 'needs_review' || status === 'failed') return null;
  const text = `Proposed in ${pullRequestUrl}, a pull request into the branch of this one.`;
  return { sha: null, because: 'another pull request addresses it', text };
}

/** True if the prompt of the newest cycle contained the remark. */
async function isRead(query: Query, id: WorkOrder['id'], { requestId }: RemarkRow): Promise<boolean> {
  const generated = await newestStepResult(query, id, 'generating');
  const message = (await messagesOf(query, id)).find((each) => each.requestId === requestId);
  return message !== undefined && (generated?.messageIds ?? []).includes(message.id);
}

/** The agent's answer, if it changed nothing. */
async function answerSince(query: Query, id: WorkOrder['id'], since: Date | null): Promise<string> {
  const events = await eventsOf(query, id);
  const answer = events.findLast(
    ({ kind, at }) => kind === 'message.answered' && (since === null || at >= since),
  );
  return answer?.reason ?? '';
}

async function tell(context: RemarksContext, remark: RemarkRow, { text, sha }: Became): Promise<void> {
  const { forge, row, signal } = context;
  const number = row.number;
  const key = `remark:${remark.key}`;
  const about = toRemark(remark);
  const said =
    remark.kind === 'line' ? text : `About the review of ${foreignText(remark.author)}:\n\n${text}`;
  const saying = { number, text: said, key, ...(remark.kind === 'line' ? { answers: about } : {}) };
  await askForge(context, 'comment', () => forge.say(saying, signal));
  context.reached('remarks:said');
  if (sha !== null && remark.threadId !== null && !remark.isResolved)
    await askForge(context, 'resolve thread', () => forge.resolveThread(about, signal));
}

export function toRemark(row: RemarkRow): Remark {
  const { key, kind, author, body, judgement, sha, path, line, threadId, isResolved, url } = row;
  return {
    key,
    kind,
    author,
    isOwn: false,
    body,
    judgement,
    sha,
    path,
    line,
    threadId,
    isResolved,
    url,
    createdAt: row.writtenAt.toISOString(),
    updatedAt: row.editedAt.toISOString(),
  };
}

/** A model wrote this text, so it must notify nobody and close no issue. */
function quote(text: string): string {
  const lines = foreignText(text.slice(0, answerCharsMax)).trim().split('\n');
  return lines.map((line) => `> ${line}`).join('\n');
}
