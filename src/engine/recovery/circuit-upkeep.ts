// Nobody should wait for a circuit that admits everybody: some wake-ups at its closing came too early, or never, and
// some waits have become an hour longer because a clock was set back.
import { wakeRuns, wakeRunsOfTheFuture } from '../../durable/wake-runs.ts';
import type { Database } from '../../store/database.ts';
import { closedBehindPausedRuns } from '../../store/failures/circuit-states.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';

const everyMs = 5_000;

export function wakePausedRunsJob({ database }: { database: Database }): UpkeepJob {
  return {
    name: 'wake-paused-runs',
    everyMs,
    run: async (signal) => {
      for (const { key, until } of await database.run(closedBehindPausedRuns, signal)) {
        // A run that paused later waits for something else: for as long as the provider asked, although its circuit
        // never opened.
        await database.run((query) => wakeRuns(query, key, { pausedUntil: until }), signal);
      }
      await database.run(wakeRunsOfTheFuture, signal);
    },
  };
}
