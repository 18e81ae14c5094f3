// Sessions that are running according to the database but have no process on this machine: their supervisor has not
// noticed yet.
import type { ProcessHandle } from '../../sessions/process-handle.ts';
import { isLeaderAlive } from '../../sessions/survey.ts';
import type { Database } from '../../store/database.ts';
import { listRunningHandlesOn } from '../../store/work/sessions/session-rows.ts';

/** Maximum per round. */
const sessionsMax = 1_000;

export async function sessionsDisagreeing(database: Database, host: string): Promise<number> {
  const handles = await database.run((query) => listRunningHandlesOn(query, host, sessionsMax));
  return handles.filter((handle) => handle === null || !isLeaderAlive(handle as unknown as ProcessHandle))
    .length;
}
