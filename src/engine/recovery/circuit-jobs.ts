// Wakes runs that wait for a circuit that is already closed: when it closed, some wake-ups came too early or never, and
// some waits are an hour too long because a clock was set back.

import { hasRunOfTheFuture, wakeRuns, wakeRunsOfTheFuture } from '../../durable/wake-runs.ts';
import type { Database } from '../../store/database.ts';
import { closedBehindPausedRuns, isClosedBehindPausedRun } from '../../store/failures/circuit-states.ts';
import { anyOf } from '../../store/work/runs/due-jobs.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';

const everyMs = 5_000;

export function wakePausedRunsJob({ database }: { database: Database }): PeriodicJob {
  return {
    name: 'wake-paused-runs',
    everyMs,
    due: anyOf(isClosedBehindPausedRun, hasRunOfTheFuture),
    run: async (signal) => {
      for (const { key, until } of await database.run(closedBehindPausedRuns, signal)) {
        // A run that paused later waits for something else: for as long as its provider asked, although the circuit
        // never opened.
        await database.run((query) => wakeRuns(query, key, { pausedUntil: until }), signal);
      }
      await database.run(wakeRunsOfTheFuture, signal);
    },
  };
}
