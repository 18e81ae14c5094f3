// Deletes the stored output of work that ended long ago, as each machine deletes its files (R-DIST-6).
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { dropOldOutput } from '../../../store/work/sessions/session-output.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { keptFrom } from './retention-job.ts';

const everyMs = 10 * 60_000;
/** The rest follows in the next round. */
const sessionsPerRoundMax = 500;

export interface OldOutputDeps {
  database: Database;
  clock: Clock;
  settings: Pick<EngineSettings, 'finishedKeptMs'>;
}

export function oldOutputJob(deps: OldOutputDeps): PeriodicJob {
  return {
    name: 'old-output',
    everyMs,
    run: async (signal) => void (await removeOldOutput(deps, signal)),
  };
}

/** Deletes the output of some sessions, and returns their number. */
export function removeOldOutput(
  { database, clock, settings }: OldOutputDeps,
  signal: AbortSignal,
): Promise<number> {
  const before = keptFrom(clock, settings);
  return database.run((query) => dropOldOutput(query, before, sessionsPerRoundMax), signal);
}
