// The periodic jobs that watch work and machines.
import type { Logger } from 'pino';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { questionTargetsJob } from '../questions/question-targets-job.ts';
import { degradationsJob } from '../recovery/pressure/degradations-job.ts';
import type { Pressure } from '../recovery/pressure/pressure-gauge.ts';
import { forecastJob } from './forecast-job.ts';
import { observeProgressJob } from './observe-progress.ts';
import { rollUpJob } from './roll-up-job.ts';
import { silentProcessesJob } from './silent-processes-job.ts';
import { stuckWorkJob } from './stuck-work-job.ts';
import { watchLimits } from './watch-limits.ts';

export interface WatchDeps {
  database: Database;
  clock: Clock;
  logger: Logger;
  settings: EngineSettings;
  pressure: Pick<Pressure, 'allows'>;
}

export function watchJobs(deps: WatchDeps): PeriodicJob[] {
  const { database, clock, settings } = deps;
  return [
    observeProgressJob({ database, clock, host: settings.host }),
    stuckWorkJob({ database, clock, limits: watchLimits(settings) }),
    forecastJob(deps),
    degradationsJob(database),
    silentProcessesJob(database),
    questionTargetsJob({ database, settings }),
    rollUpJob(database),
  ];
}
