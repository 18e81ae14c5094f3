// Answers what a running agent asks Moose for (R-AGENT-4). What it asks for is recorded before it is answered: a request that
// a dying process has left is read again, and gives the same sub-task.
import { existsSync } from 'node:fs';
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { nanoOfUsd, usdNumber } from '../../../domain/money.ts';
import { redact } from '../../../domain/text/redact.ts';
import { visibleLine, visibleText } from '../../../domain/text/visible-text.ts';
import { subtaskLimits } from '../../../domain/work-order/subtask.ts';
import {
  type ExchangeFolders,
  exchangeFoldersIn,
  type SessionAnswer,
  type SessionRequest,
} from '../../../sessions/requests/exchange.ts';
import { answersMax, type ReadRequest, readRequests } from '../../../sessions/requests/read-requests.ts';
import { writeAnswer } from '../../../sessions/requests/write-answer.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { type Subtask, subtasksOf } from '../../../store/work/work-orders/subtasks.ts';
import { recordEvent, requireWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { createSubtask, type WantedSubtask } from '../../commands/subtasks/create-subtask.ts';
import { subtaskFailures } from '../../commands/subtasks/failure-catalogue.ts';
import { fenced, type Work } from '../../run/work.ts';

const lookEveryMs = 500;

type Asking = Pick<SessionRow, 'id' | 'directory' | 'name'>;

export interface RequestWatch {
  close(): Promise<void>;
}

/** Null: the session was not given the folders. */
export function watchRequests(work: Work, session: Asking): RequestWatch | null {
  const folders = exchangeFoldersIn(session.directory);
  if (!existsSync(folders.asked)) return null;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  const ended = answerUntil(work, session, folders, signal);
  return {
    close: async () => {
      over.abort();
      await ended;
    },
  };
}

async function answerUntil(
  work: Work,
  session: Asking,
  folders: ExchangeFolders,
  signal: AbortSignal,
): Promise<void> {
  // A session that is not isolated can remove its answers and their folder: it gets no more of them all the same, and none
  // twice, because a refusal is an event in the story.
  let left = answersMax;
  const answered = new Set<string>();
  while (left > 0) {
    try {
      await sleep(lookEveryMs, signal);
      const asked = readRequests(folders).filter(({ name }) => !answered.has(name));
      for (const read of asked.slice(0, left)) {
        const answer = await answerTo(work, session, read);
        left -= 1;
        writeAnswer(folders, read.name, answer);
        answered.add(read.name);
      }
    } catch (cause) {
      if (signal.aborted) return;
      work.logger.warn({ err: cause, sessionId: session.id }, 'could not answer an agent; trying again');
    }
  }
}

async function answerTo(work: Work, session: Asking, { request }: ReadRequest): Promise<SessionAnswer> {
  if (request === null) return refusalOf(subtaskFailures.SUBTASK_REQUEST_INVALID('ask', limits));
  if (request.kind === 'list_subtasks') return listed(work);
  const wanted = wantedOf(request);
  try {
    const id = await fenced(work, async (query) =>
      createSubtask(query, wanted, {
        parentId: work.order.id,
        project: await projectById(query, work.project.id),
        actor: session.name,
        now: work.clock.now(),
      }),
    );
    work.reached('applying:subtask-created', work.run.id);
    // The rest of this run works with the lower limit.
    const parent = await work.database.run((query) => requireWorkOrder(query, work.order.id), work.signal);
    work.order.limitNanoUsd = parent.limitNanoUsd;
    return listed(work, id);
  } catch (cause) {
    if (!isMooseError(cause) || cause.category !== 'permanent') throw cause;
    await recordRefusal(work, session, wanted, cause);
    return refusalOf(cause);
  }
}

const limits = {
  titleCharsMax: subtaskLimits.titleCharsMax,
  instructionsCharsMax: subtaskLimits.instructionsCharsMax,
};

/** Without what people could not see. */
function wantedOf({
  title,
  instructions,
  limit_usd,
}: SessionRequest & { kind: 'request_subtask' }): WantedSubtask {
  return {
    title: visibleLine(title),
    instructions: visibleText(instructions),
    limitNanoUsd: limit_usd === undefined ? undefined : nanoOfUsd(limit_usd),
  };
}

async function recordRefusal(
  work: Work,
  { name }: Asking,
  { title }: WantedSubtask,
  { code, message }: MooseError,
): Promise<void> {
  await fenced(work, (query) =>
    recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'subtask.refused',
      actor: name,
      reason: redact(message),
      detail: { code, title: redact(title).slice(0, subtaskLimits.titleCharsMax) },
    }),
  );
}

function refusalOf({ code, message, advice = '' }: MooseError): SessionAnswer {
  return { kind: 'refused', code, message, advice };
}

/** `made`: the one that was asked for. */
async function listed(work: Work, made?: Subtask['id']): Promise<SessionAnswer> {
  const all = await work.database.run((query) => subtasksOf(query, work.order.id), work.signal);
  const subtasks = all.map((each) => ({
    id: each.id,
    title: each.title,
    state: each.isUnapproved ? 'waits for the approval of a person' : each.status,
    limit_usd: each.limitNanoUsd === null ? null : usdNumber(each.limitNanoUsd),
    pull_request: each.pullRequestUrl,
  }));
  return { kind: 'done', result: { ...(made === undefined ? {} : { made }), subtasks } };
}
