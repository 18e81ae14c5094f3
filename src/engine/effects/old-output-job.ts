// Deletes the stored output of work that ended long ago, as each machine deletes its files (R-DIST-6).
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { dropOldOutput } from '../../store/work/session-output.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';

const everyMs = 10 * 60_000;
/** The rest follows in the next round. */
const sessionsPerRoundMax = 500;

export function oldOutputJob(deps: {
  database: Database;
  clock: Clock;
  settings: Pick<EngineSettings, 'finishedKeptMs'>;
}): UpkeepJob {
  const { database, clock, settings } = deps;
  return {
    name: 'old-output',
    everyMs,
    run: async (signal) => {
      const before = new Date(clock.now().getTime() - settings.finishedKeptMs);
      await database.run((query) => dropOldOutput(query, before, sessionsPerRoundMax), signal);
    },
  };
}
