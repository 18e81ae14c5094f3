// A person's message to a work order (R-PROJ-10): it is part of every later prompt, and nothing is published before a
// prompt has contained it.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { type MessageReading, messageCharsMax, messagesMax } from '../../domain/work-order/message.ts';
import type { Query } from '../../store/database.ts';
import { storableText } from '../../store/storable.ts';
import { forgetPassed } from '../../store/work/groups/groups.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { messagesOf } from '../../store/work/work-orders/messages.ts';
import { lockWorkOrder, recordEvent, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { isOfOthers, publishedSha, shownLateMsMax } from '../run/published-sha.ts';
import { commandFailures } from './failure-catalogue.ts';
import { readingOf } from './message-reading.ts';
import { refuseForCommand } from './refuse-for-command.ts';
import type { SteeringDeps } from './start-run.ts';
import { startRunForMessages } from './start-run-for-messages.ts';

export interface SentMessage {
  text: string;
  /** The path in the repository, for a comment on a line. */
  file?: string | undefined;
  line?: number | undefined;
  /** Chosen by the caller, so that a repetition sends no second message. */
  requestId?: string | undefined;
  /** Ends the turn of an agent at work: the next cycle begins at once, with the message. */
  now?: boolean | undefined;
}

/** @throws BRANCH_HAS_OTHER_COMMITS, COMMAND_HAS_NO_AGENT, MESSAGE_INVALID, MESSAGE_TOO_LATE, MESSAGES_TOO_MANY, WORK_ORDER_OVER */
export function send(
  deps: SteeringDeps,
  { id }: Pick<WorkOrder, 'id'>,
  message: SentMessage,
  actor: string,
): Promise<MessageReading> {
  return deps.database.transaction((query) => sendIn(query, deps, id, [message], actor));
}

/**
 * Like `send`, for several messages in the caller's transaction. If the work order waits for CI, they begin one run.
 */
export async function sendIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  id: WorkOrder['id'],
  messages: readonly SentMessage[],
  actor: string,
): Promise<MessageReading> {
  for (const message of messages) assertValid(message);
  // The publishing step starts under the same lock, and looks for messages after that.
  const order = await lockWorkOrder(query, id);
  refuseForCommand(order);
  const isNow = messages.some(({ now }) => now);
  const reading = await readingOf(query, order, isNow);
  const sent = await messagesOf(query, id);
  const isNew = ({ requestId }: SentMessage) =>
    requestId === undefined || sent.every((one) => one.requestId !== requestId);
  const added = messages.filter(isNew);
  if (added.length === 0) return reading;
  if (sent.length + added.length > messagesMax) throw tooMany(order);
  for (const message of added) await record(query, id, message, actor);
  // A work order that has passed and waits for others of its group reads the message first: the others wait for that.
  if (order.step === 'creating_pr') await forgetPassed(query, id);
  if (order.step !== 'awaiting_ci' || reading !== 'next_cycle') return reading;
  await assertOwnBranch(query, deps, order);
  return (await startRunForMessages(query, deps, order, actor)) ? reading : 'next_run';
}

/** The push of such a run would be refused, at its end. */
async function assertOwnBranch(
  query: Query,
  { clock }: Pick<SteeringDeps, 'clock'>,
  { id }: WorkOrder,
): Promise<void> {
  const published = await pullRequestOf(query, id);
  const pushedSha = await publishedSha(query, id);
  if (!published || pushedSha === null) return;
  if (!isOfOthers(published, { headSha: published.headSha, pushedSha })) return;
  const pushedAtMs = (published.pushedAt ?? published.createdAt).getTime();
  if (clock.now().getTime() - pushedAtMs < shownLateMsMax) return;
  throw commandFailures.BRANCH_HAS_OTHER_COMMITS(
    { ...fields, workOrderId: id },
    { number: published.number, id: shortId(id), headBranch: published.headBranch },
  );
}

async function record(
  query: Query,
  workOrderId: WorkOrder['id'],
  { text, file, line, requestId, now }: SentMessage,
  actor: string,
): Promise<void> {
  await recordEvent(query, {
    workOrderId,
    kind: 'message',
    actor,
    reason: storableText(text.trim()),
    detail: Object.fromEntries(
      Object.entries({ file, line, requestId, ...(now ? { now } : {}) }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  });
}

const fields = { operation: 'send' };
/** The paths that git allows: without control characters, and not empty. */
const pathPattern = /^[^\p{Cc}]{1,1000}$/u;

function assertValid({ text, file, line }: SentMessage): void {
  if (text.trim() === '') throw invalid('The message is empty.', 'Say what should be different.');
  if (text.length > messageCharsMax)
    throw invalid(
      `The message has ${text.length} characters; ${messageCharsMax} are possible.`,
      'Shorten it, or put the long part into a file of the repository and refer to that file.',
    );
  if (file !== undefined && !pathPattern.test(file))
    throw invalid('The name of the file is invalid.', 'Give its path in the repository, as in src/clock.ts.');
  if (line !== undefined && (file === undefined || !Number.isSafeInteger(line) || line < 1))
    throw invalid(
      'The line is invalid.',
      'Give the number of a line, from 1, together with the file it is in.',
    );
}

function invalid(message: string, advice: string): PermanentError {
  return commandFailures.MESSAGE_INVALID(fields, { message, advice });
}

function tooMany({ id }: WorkOrder): PermanentError {
  return commandFailures.MESSAGES_TOO_MANY(fields, { id: shortId(id), messagesMax });
}
