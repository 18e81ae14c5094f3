// Numbers the sessions of a step: a session whose result is still valid does not run again because something later
// failed.
import { type SessionRow, sessionsOf } from '../../store/work/session-rows.ts';
import { isHere } from '../run/session-here.ts';
import type { Work } from '../run/work.ts';

export interface SessionName {
  purpose: SessionRow['purpose'];
  name: string;
}

/**
 * Each retry, and each return from a pause, is a new session; a step that restarts after a crash continues the same
 * one.
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
      session.state === 'exited',
  );
  return ended && (await stands(ended)) ? ended.attempt : next;
}
