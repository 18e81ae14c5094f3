// Sessions whose program never ran: that is no failure of an agent or a check.
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { isolationFailed, whyNeverBegan } from '../../../sessions/isolation/probe-place.ts';
import { closeGroups } from '../../../sessions/limits/session-group.ts';
import { readSmallFile } from '../../../sessions/read-small-file.ts';
import { filePath } from '../../../sessions/session-files.ts';
import { markEffect } from '../../../store/work/sessions/effects.ts';
import { type SessionRow, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { sessionKey } from '../../run/effect-keys.ts';
import { fenced, type Work } from '../../run/work.ts';

/** @throws ISOLATION_FAILED if its isolation could not be set up */
export function assertBegan({ directory, isolation }: SessionRow, { exitCode }: SessionEnd): void {
  if (isolation === null || isolation === 'none') return;
  const reason = whyNeverBegan(exitCode, readSmallFile(filePath(directory, 'stderr')) ?? '');
  if (reason !== null) throw isolationFailed({ reason });
}

/** Closes the row, so that nobody looks for a process that never existed. */
export async function neverStarted(work: Work, session: SessionRow): Promise<void> {
  await closeGroups(session.directory);
  await fenced(work, async (query) => {
    await updateSession(query, session.id, { state: 'lost', endReason: 'lost', endedAt: work.clock.now() });
    await markEffect(query, sessionKey(session.id), 'undone');
  });
}
