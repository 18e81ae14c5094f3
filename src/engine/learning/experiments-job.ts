// Regularly ends experiments that are decided or have reached their cap (R-LRN-5).
import type { Database } from '../../store/database.ts';
import { hasRunningExperiment } from '../../store/work/learning/experiments.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { settleExperiments } from './ask-experiments.ts';

const everyMs = 60_000;

export function experimentsJob(deps: { database: Database }): PeriodicJob {
  return {
    name: 'experiments',
    everyMs,
    due: hasRunningExperiment,
    run: (signal) => settleExperiments(deps, signal),
  };
}
