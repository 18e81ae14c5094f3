// Nobody waits at a circuit that lets everybody through: for whom the wake-up at its closing came too early, or never.
import { wakeRuns } from '../../durable/wake-runs.ts';
import { closedBehindPausedRuns } from '../../store/circuit-states.ts';
import type { Database } from '../../store/database.ts';
import type { UpkeepJob } from '../upkeep/upkeep.ts';

const everyMs = 5_000;

export function wakePausedRunsJob({ database }: { database: Database }): UpkeepJob {
  return {
    name: 'wake-paused-runs',
    everyMs,
    run: async (signal) => {
      const keys = await database.run(closedBehindPausedRuns, signal);
      for (const key of keys) await database.run((query) => wakeRuns(query, key), signal);
    },
  };
}
