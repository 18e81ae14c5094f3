// Deletes rows that nobody needs after their work ended long ago: bundles of pushed commits, and changes of circuits
// (R-DIST-6).
import type { Logger } from 'pino';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { dropOldCircuitChanges } from '../../../store/failures/system-states.ts';
import { dropOldBundles } from '../../../store/work/work-orders/finished-long-ago.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { keptFrom } from './retention-job.ts';

const everyMs = 60 * 60_000;
/** Maximum per statement; the rest follows in the next one, or in the next round. */
export const rowsPerBatchMax = 500;
const batchesMax = 20;

export interface OldRecordsDeps {
  database: Database;
  clock: Clock;
  settings: Pick<EngineSettings, 'finishedKeptMs'>;
  logger?: Logger;
}

export function oldRecordsJob(deps: OldRecordsDeps): PeriodicJob {
  return {
    name: 'old-records',
    everyMs,
    run: async (signal) => {
      for (const remove of [removeBundles, removeCircuitChanges])
        for (let batch = 0; batch < batchesMax; batch++)
          if ((await remove(deps, signal)) < rowsPerBatchMax) break;
    },
  };
}

/** Deletes some rows, and returns their number. */
export async function removeBundles(deps: OldRecordsDeps, signal: AbortSignal): Promise<number> {
  const before = keptFrom(deps.clock, deps.settings);
  const count = await deps.database.run((query) => dropOldBundles(query, before, rowsPerBatchMax), signal);
  if (count > 0) deps.logger?.info({ count }, 'deleted bundles of pushed commits');
  return count;
}

/** Deletes some rows, and returns their number. */
async function removeCircuitChanges(deps: OldRecordsDeps, signal: AbortSignal): Promise<number> {
  const before = keptFrom(deps.clock, deps.settings);
  return deps.database.run((query) => dropOldCircuitChanges(query, before, rowsPerBatchMax), signal);
}
