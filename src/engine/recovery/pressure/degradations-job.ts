// Ends degradations whose owner is gone: a dead process or a finished work order (R-REC-4).
import type { Database } from '../../../store/database.ts';
import { endLapsedDegradations, hasLapsedDegradation } from '../../../store/failures/degradations.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';

const everyMs = 15_000;

export function degradationsJob(database: Database): PeriodicJob {
  return {
    name: 'degradations',
    everyMs,
    due: hasLapsedDegradation,
    run: async (signal) => void (await database.transaction(endLapsedDegradations, signal)),
  };
}
