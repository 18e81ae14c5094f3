// What watches over work and machines, again and again.
import type { Logger } from 'pino';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import type { EngineSettings } from '../settings.ts';
import type { UpkeepJob } from '../upkeep/upkeep.ts';
import { degradationsJob } from './degradations-job.ts';
import { forecastJob } from './forecast-job.ts';
import { observeProgressJob } from './observe-progress.ts';
import type { Pressure } from './pressure-gauge.ts';
import { stuckWorkJob } from './stuck-work-job.ts';
import { rollUpJob } from './trends.ts';
import { watchLimits } from './watch-limits.ts';

export interface WatchDeps {
  database: Database;
  clock: Clock;
  logger: Logger;
  settings: EngineSettings;
  pressure: Pick<Pressure, 'allows'>;
}

export function watchJobs(deps: WatchDeps): UpkeepJob[] {
  const { database, clock, settings } = deps;
  return [
    observeProgressJob({ database, clock, host: settings.host }),
    stuckWorkJob({ database, clock, limits: watchLimits(settings) }),
    forecastJob(deps),
    degradationsJob(database),
    rollUpJob(database),
  ];
}
