// An urgent message from a person ends the turn of the agent at work (R-PROJ-10). The next cycle begins in the worktree
// as that turn left it, and the agent continues its conversation where possible.
import type { Message } from '../../../domain/work-order/message.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { type SessionRow, sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import type { Agent } from '../../ports/agent.ts';
import { urgencyOf, urgentMessage } from '../../run/messages/urgent-message.ts';
import { isHere } from '../../run/session-here.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { isPlaceGone } from '../../workplace/sessions/session-place.ts';
import { watchRequests } from '../../workplace/subtasks/watch-requests.ts';
import type { WorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import { type TurnWatch, watchCalls, watchStart } from './watch-calls.ts';
import { watchResult } from './watch-result.ts';

/** The failure that the ended cycle was to fix is still to be fixed. */
export function beginWith(message: Message | undefined): StepEnd<'applying'> {
  return { end: 'again', because: urgencyOf(message), keepsFailure: true };
}

/**
 * Whether the agent continues with the uncommitted files of its previous turn: a message ended it, it was cut off, or Moose
 * refused to commit them and told the agent why. Another agent starts without them.
 */
export async function isTurnKept(
  work: Work,
  { name }: Agent,
  attempt: number,
  { worktreePath, isNew }: WorktreePlace,
): Promise<boolean> {
  if (isNew) return false;
  const isThisTurn = (session: SessionRow) =>
    session.runId === work.run.id &&
    session.cycle === work.run.cycle &&
    session.attempt === attempt &&
    session.name === name;
  const before = (await agentSessionsOf(work)).findLast((session) => !isThisTurn(session));
  if (isRefused(work) || isCutOff(work)) return before?.name === name;
  return (
    before?.runId === work.run.id &&
    before.endReason === 'interrupted' &&
    before.name === name &&
    isHere(before, work) &&
    !(await isPlaceGone(work, before, worktreePath))
  );
}

/** Failures of the commit: what the agent has to do about them is in its files. */
const refusals: readonly string[] = ['FORBIDDEN_CHANGE', 'SECRET_IN_CHANGE'];

function isRefused(work: Work): boolean {
  return refusals.includes(answered(work)?.code ?? '');
}

/** Its last answer wanted to go on, so it does, with its files and its conversation. */
export const isCutOff = (work: Pick<Work, 'run' | 'order'>): boolean =>
  ['AGENT_CUT_OFF', 'AGENT_CUT_OFF_AGAIN'].includes(answered(work)?.code ?? '');

/** The failure that this cycle is to fix. */
const answered = ({ run, order }: Pick<Work, 'run' | 'order'>) =>
  run.cycle > 0 ? run.settings.failure : order.failure;

async function agentSessionsOf(work: Work): Promise<SessionRow[]> {
  const sessions = await work.database.run((query) => sessionsOf(query, work.order.id), work.signal);
  return sessions.filter(({ purpose }) => purpose === 'agent');
}

const lookEveryMs = 1_000;

/**
 * Stops the agent for an urgent message, because of its calls, because it never began, or because it has told its result and
 * lives on; and answers what it asks Moose for.
 */
export function watchTurn(
  work: Work,
  agent: Agent,
  session: Pick<SessionRow, 'id' | 'directory' | 'name'>,
  { callsModels }: { callsModels: boolean },
): TurnWatch {
  const { id: sessionId, directory } = session;
  const requests = watchRequests(work, session);
  const calls = callsModels ? watchCalls(work, sessionId) : null;
  const start = watchStart(work, directory, () => calls?.hasCalled() ?? false);
  const result = watchResult(work, agent, directory, () => calls?.isCalling() ?? false);
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  let isAsked = false;
  const watching = (async () => {
    for (;;) {
      isAsked = (await urgentMessage(work)) !== undefined;
      if (isAsked) return;
      await sleep(lookEveryMs, signal);
    }
  })();
  // Without this watch, the message waits for the end of the cycle.
  const ended = watching.catch((cause: unknown) => {
    if (!signal.aborted) work.logger.warn({ err: cause, sessionId }, 'could not check for urgent messages');
  });
  return {
    verdict: () => (isAsked ? 'interrupted' : (calls?.verdict() ?? start.verdict() ?? result.verdict())),
    close: async () => {
      over.abort();
      await Promise.all([ended, calls?.close(), start.close(), result.close(), requests?.close()]);
    },
  };
}
