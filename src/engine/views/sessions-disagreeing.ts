// Sessions of this machine that are running in the database but have no process: their supervisor has not noticed yet.
import type { ProcessHandle } from '../../sessions/process-handle.ts';
import { isLeaderAlive } from '../../sessions/survey.ts';
import type { Database } from '../../store/database.ts';

/** Of one look. */
const sessionsMax = 1_000;

export async function sessionsDisagreeing(database: Database, host: string): Promise<number> {
  const rows = await database.run((query) =>
    query
      .selectFrom('sessions')
      .select('handle')
      .where('state', '=', 'running')
      .where('host', '=', host)
      .where('unreachableSince', 'is', null)
      .limit(sessionsMax)
      .execute(),
  );
  return rows.filter(({ handle }) => handle === null || !isLeaderAlive(handle as unknown as ProcessHandle))
    .length;
}
