// Stores in a session's row how the session is isolated.
import { keepSession } from '../../../store/work/runs/held-run.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { type Work, whileHeld } from '../../run/work.ts';

/** Written before the start, because a process that adopts the session cannot find it out otherwise. */
export async function keepIsolation(
  work: Work,
  session: SessionRow,
  told: Pick<SessionRow, 'isolation' | 'egress' | 'image'>,
): Promise<void> {
  const isKnown = told.isolation === session.isolation && told.egress === session.egress;
  if (isKnown && told.image === session.image) return;
  Object.assign(session, told);
  const { id, command } = session;
  await whileHeld(work, (query, holder) => keepSession(query, holder, id, { ...told, command }));
}
