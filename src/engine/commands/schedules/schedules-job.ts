// Submits the work orders of due schedules, in whichever process looks first.
import type { Logger } from 'pino';
import { isMooseError } from '../../../domain/failure.ts';
import { throwAll } from '../../../stdx/async/several-failures.ts';
import type { Database } from '../../../store/database.ts';
import { forgetOldRuns, hasScheduleRun } from '../../../store/work/schedules/schedule-runs.ts';
import {
  hasScheduleToDecide,
  hasSleepingSchedule,
  moveNextDue,
  schedulesToDecide,
  sleepingSchedules,
} from '../../../store/work/schedules/schedules.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { type DecideDeps, decideDue } from './decide-due.ts';
import { nextInstants, readInstants } from './instants.ts';
import { refusalOr } from './refusal-or.ts';

const everyMs = 5_000;
const clockEveryMs = 60_000;
/** How many instants may have run early. */
const earlyMax = 10;
const forgetEveryMs = 3_600_000;

export interface SchedulesDeps extends DecideDeps {
  logger: Logger;
}

export function schedulesJobs(deps: SchedulesDeps): PeriodicJob[] {
  const { database } = deps;
  return [
    { name: 'schedules', everyMs, due: hasScheduleToDecide(), run: (signal) => decideAll(deps, signal) },
    {
      name: 'schedule-clock',
      everyMs: clockEveryMs,
      due: hasSleepingSchedule,
      run: (signal) => wakeOverslept(database, signal),
    },
    {
      name: 'schedule-history',
      everyMs: forgetEveryMs,
      run: (signal) => database.run(forgetOldRuns, signal),
    },
  ];
}

/** A schedule that cannot be decided about does not hold up the others. */
async function decideAll(deps: SchedulesDeps, signal: AbortSignal): Promise<void> {
  const failures: unknown[] = [];
  for (const id of await deps.database.run(schedulesToDecide, signal)) {
    try {
      await decideDue(deps, id, signal);
    } catch (cause) {
      if (signal.aborted) throw cause;
      const error = toMooseError(cause, 'schedules', 'submit');
      deps.logger.warn({ err: error, schedule: id }, 'could not decide about a schedule; retrying');
      failures.push(cause);
    }
  }
  throwAll(failures);
}

/**
 * While the database's clock was ahead, instants ran early, and the next one is too far away now that it is right
 * again.
 */
export async function wakeOverslept(database: Database, signal: AbortSignal): Promise<void> {
  const { now, schedules } = await database.run(sleepingSchedules, signal);
  for (const schedule of schedules) {
    const { id, cron, timeZone, nextDueAt } = schedule;
    const instants = refusalOr(() => readInstants(cron, timeZone));
    // It is paused when it is due.
    if (isMooseError(instants)) continue;
    const earlier = nextInstants(instants, now, earlyMax).filter((at) => at < nextDueAt);
    await database.run(async (query) => {
      // Scheduled times that ran early do not run again.
      for (const at of earlier)
        if (!(await hasScheduleRun(query, id, at))) return moveNextDue(query, schedule, at);
      return false;
    }, signal);
  }
}
