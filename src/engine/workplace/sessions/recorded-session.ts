// What the rows of sessions say: which attempt a session is, how it ended, and what is recorded if its machine is gone.
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { processHandleSchema } from '../../../sessions/process-handle.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { isOfThisBoot } from '../../../sessions/survey.ts';
import type { Query } from '../../../store/database.ts';
import { markUnreachable, type SessionRow, sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { type Here, isHere } from '../../run/session-here.ts';
import { fenced, type Work } from '../../run/work.ts';

export function endOf(row: SessionRow): SessionEnd {
  return {
    exitCode: row.exitCode,
    signal: row.signal,
    reason: row.endReason as SessionEnd['reason'],
    startedAt: row.startedAt ?? row.createdAt,
    endedAt: row.endedAt ?? row.createdAt,
  };
}

const outputTailBytes = 64 * 1024;

/** The end of what it printed on both streams. */
export async function outputOf({ directory }: SessionRow): Promise<string> {
  const { stdout, stderr } = await readOutput(directory, outputTailBytes);
  return [stdout.text, stderr.text].filter(Boolean).join('\n');
}

/** For a session on another machine: this run has lost it, regardless of its result; its row keeps the known facts. */
export async function leaveBehind(
  work: Work,
  session: SessionRow,
  onEnd?: (query: Query, end: SessionEnd, row: SessionRow) => Promise<void>,
): Promise<{ session: SessionRow; end: SessionEnd }> {
  const end = leftBehindEnd(session);
  if (session.unreachableSince !== null) return { session, end };
  await fenced(work, async (query) => {
    await markUnreachable(query, session.id, work.clock.now());
    await recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'session.left_behind',
      actor: session.name,
      reason: `on ${session.host}, where no Moose process continues it`,
      detail: { sessionId: session.id, host: session.host },
    });
    await onEnd?.(query, end, session);
  });
  return { session, end };
}

/** The end of a session that nobody watched, and about which nothing is known. */
export function leftBehindEnd(row: SessionRow): SessionEnd {
  return { ...endOf(row), exitCode: null, signal: null, reason: 'left_behind', endedAt: new Date() };
}

/**
 * Whether it ended on another boot of this machine, in a step that has not ended since. Its result does not count: what it
 * wrote, its output and the report of its tests included, was only in memory, for all that is known.
 */
export function isOfEarlierBoot(session: SessionRow, here: Here): boolean {
  if (!isHere(session, here)) return false;
  const { data: handle } = processHandleSchema.safeParse(session.handle);
  return handle !== undefined && !isOfThisBoot(handle);
}

interface SessionName {
  purpose: SessionRow['purpose'];
  name: string;
}

/**
 * Numbers the sessions of a step: a session whose result is still valid does not run again because something later
 * failed. Each retry, and each return from a pause, is a new session; a step that restarts after a crash continues the
 * same one.
 */
export async function sessionAttempt(
  work: Work,
  { purpose, name }: SessionName,
  stands: (session: SessionRow) => Promise<boolean>,
): Promise<number> {
  const { run, order } = work;
  const next = run.stepAttempt + run.pauses + 1;
  if (next === 1) return next;
  const sessions = await work.database.run((query) => sessionsOf(query, order.id), work.signal);
  const ended = sessions.findLast(
    (session) =>
      session.purpose === purpose &&
      session.name === name &&
      session.runId === run.id &&
      session.cycle === run.cycle &&
      isHere(session, work) &&
      session.state === 'exited' &&
      !isOfEarlierBoot(session, work),
  );
  return ended && (await stands(ended)) ? ended.attempt : next;
}

/** The session of the agent at this attempt of the present cycle; undefined if it has not begun. */
export async function sessionOfAttempt(
  work: Work,
  agent: string,
  asked: number,
): Promise<SessionRow | undefined> {
  const sessions = await work.database.run((query) => sessionsOf(query, work.order.id), work.signal);
  return sessions.find(
    ({ runId, name, cycle, attempt }) =>
      runId === work.run.id && name === agent && cycle === work.run.cycle && attempt === asked,
  );
}
