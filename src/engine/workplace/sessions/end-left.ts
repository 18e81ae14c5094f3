// Ends a session of this work order that nobody watches any more, with proof (R-SES-3).
import { endSession } from '../../../sessions/end-session.ts';
import { markEffect } from '../../../store/work/sessions/effects.ts';
import { openSessionsOf, type SessionRow, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { sessionKey } from '../../run/effect-keys.ts';
import { isHere } from '../../run/session-here.ts';
import { fenced, type Work } from '../../run/work.ts';
import { maskAfter } from './session-files.ts';

/** @throws SESSION_STOP_UNPROVEN */
export async function endLeft(work: Work, session: SessionRow, endReason: string): Promise<void> {
  // Another process that took over the run may have adopted the session.
  await fenced(work, async () => undefined);
  const left = await endSession(session, { endReason, graceMs: work.settings.stopGraceMs });
  await fenced(work, async (query) => {
    await updateSession(query, session.id, { ...left, endedAt: left.endedAt ?? work.clock.now() });
    await markEffect(query, sessionKey(session.id), 'undone');
  });
}

/**
 * Call this before a session starts. Only services run beside others: if the end of an earlier session was not proven,
 * it is proven now, or nothing starts.
 * @throws SESSION_STOP_UNPROVEN
 */
export async function endOthers(work: Work, { id }: SessionRow): Promise<void> {
  const open = await work.database.run((query) => openSessionsOf(query, work.order.id), work.signal);
  for (const session of open) {
    if (session.id === id || session.purpose === 'service' || !isHere(session, work)) continue;
    await endLeft(work, session, 'superseded');
    await maskAfter(work, session);
  }
}
