import type { Database } from '../../store/database.ts';
import { hasDayToRoll, rollUpDays } from '../../store/figures/roll-up-days.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';

const everyMs = 60_000;

/** Past days are summed up soon after they end, and again within a minute of a change. */
export function rollUpJob(database: Database): PeriodicJob {
  return {
    name: 'roll-up',
    everyMs,
    due: hasDayToRoll,
    run: async (signal) => void (await rollUpDays(database, signal)),
  };
}
