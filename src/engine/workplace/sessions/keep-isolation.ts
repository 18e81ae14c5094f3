// Stores in a session's row how the session is isolated and limited.
import { keepSession } from '../../../store/work/runs/held-run.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { type Work, whileHeld } from '../../run/work.ts';

/** Written before the start, because a process that adopts the session cannot find it out otherwise. */
export async function keepIsolation(
  work: Work,
  session: SessionRow,
  told: Pick<SessionRow, 'isolation' | 'egress' | 'image' | 'limits'>,
): Promise<void> {
  const isKnown = told.isolation === session.isolation && told.egress === session.egress;
  const isLimitKnown = JSON.stringify(told.limits) === JSON.stringify(session.limits);
  if (isKnown && isLimitKnown && told.image === session.image) return;
  Object.assign(session, told);
  const { id, command } = session;
  await whileHeld(work, (query, holder) => keepSession(query, holder, id, { ...told, command }));
}
