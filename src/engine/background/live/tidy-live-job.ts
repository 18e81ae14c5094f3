// Deletes live events after three days, a few at a time.
import type { Database } from '../../../store/database.ts';
import { forgetLive } from '../../../store/live/live-events.ts';
import type { PeriodicJob } from '../jobs/periodic-jobs.ts';

const everyMs = 10 * 60_000;
const keptMs = 3 * 24 * 60 * 60_000;
const rowsPerBatchMax = 5_000;
/** The rest is deleted in the next round. */
const batchesMax = 200;

export function tidyLiveJob(database: Database): PeriodicJob {
  return {
    name: 'tidy-live',
    everyMs,
    run: async (signal) => {
      for (let batch = 1; batch <= batchesMax; batch++) {
        const forgotten = await database.transaction(
          (query) => forgetLive(query, { ageMs: keptMs, rowsMax: rowsPerBatchMax }),
          signal,
        );
        if (forgotten < rowsPerBatchMax) return;
      }
    },
  };
}
