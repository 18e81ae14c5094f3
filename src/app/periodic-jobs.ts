// The periodic jobs of a worker process, from all parts of the engine.
import type { RunId } from '../domain/ids.ts';
import type { PeriodicJob, PeriodicJobs } from '../engine/background/jobs/periodic-jobs.ts';
import { unwrittenJob } from '../engine/background/jobs/unwritten-job.ts';
import { tidyLiveJob } from '../engine/background/live/tidy-live-job.ts';
import { dailySummaryJob } from '../engine/background/notify/daily-summary-job.ts';
import { tidyOutboxJob } from '../engine/background/notify/tidy-outbox-job.ts';
import { escalationJobs } from '../engine/commands/answers/jobs.ts';
import { jointChangesJob } from '../engine/commands/joint-changes-job.ts';
import { schedulesJobs } from '../engine/commands/schedules/schedules-job.ts';
import { specRunsJob } from '../engine/commands/spec-runs-job.ts';
import { subtasksJob } from '../engine/commands/subtasks/subtasks-job.ts';
import { experimentsJob } from '../engine/learning/experiments-job.ts';
import { patternsJob } from '../engine/learning/patterns-job.ts';
import { reachedRepositoriesJob } from '../engine/pipeline/leave-to-other-machine.ts';
import { reconcileJobs } from '../engine/reconcile/reconcile-job.ts';
import { wakePausedRunsJob } from '../engine/recovery/circuit-jobs.ts';
import { endedOutagesJob } from '../engine/recovery/outage.ts';
import { type Pressure, pressureJob } from '../engine/recovery/pressure/pressure-gauge.ts';
import { budgetJobs } from '../engine/run/budget/budget-jobs.ts';
import { endedHaltJob } from '../engine/run/effects/destruction-breaker.ts';
import { unreachableSessionsJob } from '../engine/run/effects/leftovers.ts';
import { oldOutputJob } from '../engine/run/effects/old-output-job.ts';
import { oldRecordsJob } from '../engine/run/effects/old-records-job.ts';
import { retentionJob } from '../engine/run/effects/retention-job.ts';
import type { PipelineDeps } from '../engine/run/work.ts';
import { issuesJob } from '../engine/sentinel/issues/issues-job.ts';
import { pullRequestsJob } from '../engine/sentinel/pull-requests-job.ts';
import { webhooksJob } from '../engine/sentinel/webhooks-job.ts';
import { directorJob, directorJobName } from '../engine/specs/intake/director-job.ts';
import { type PlanningsDeps, planningsJob, planningsJobName } from '../engine/specs/intake/plannings-job.ts';
import { watchJobs } from '../engine/watch/watch-jobs.ts';
import { pruneJob } from '../engine/workplace/prepared/prune-job.ts';
import { leftGroupsJob } from '../engine/workplace/sessions/left-groups-job.ts';
import { systemClock } from '../stdx/clock.ts';
import { listenForEvents, type RungJob } from '../store/live/listen.ts';
import type { Opened } from './compose.ts';

export function periodicJobs(
  { database, logger, errorLog, forges, webhooks, settings: { current: settings } }: Opened,
  {
    pressure,
    machine,
    mayDiffer,
  }: { pressure: Pressure; machine: string; mayDiffer: PipelineDeps['mayDiffer'] },
  executorId: string,
): PeriodicJob[] {
  const outside = { database, logger, errors: errorLog, random: Math.random };
  return [
    endedOutagesJob(database),
    reachedRepositoriesJob(database),
    endedHaltJob(database),
    ...reconcileJobs({ database, clock: systemClock, forges, settings, machine, actor: 'moose:reconcile' }),
    specRunsJob({ database, clock: systemClock }),
    jointChangesJob({ database, clock: systemClock }),
    subtasksJob({ database, clock: systemClock }),
    retentionJob({ database, logger, clock: systemClock, settings }),
    oldOutputJob({ database, clock: systemClock, settings }),
    oldRecordsJob({ database, logger, clock: systemClock, settings }),
    pruneJob({ clock: systemClock, settings }),
    leftGroupsJob(settings),
    unreachableSessionsJob(database),
    wakePausedRunsJob({ database }),
    pressureJob(pressure, executorId),
    ...escalationJobs({ database, clock: systemClock, settings }),
    webhooksJob({ ...outside, sources: webhooks, mayDiffer }),
    tidyOutboxJob(outside),
    unwrittenJob(database),
    tidyLiveJob(database),
    dailySummaryJob(outside),
    patternsJob({ database, clock: systemClock }),
    experimentsJob({ database }),
    ...budgetJobs({ database, logger }),
    ...watchJobs({ database, logger, pressure, clock: systemClock, settings }),
  ];
}

/** Rings the jobs for which somebody waits, whichever process said so. Returns what stops that. */
export function ringWhenHeard(
  url: string,
  ring: PeriodicJobs['ring'],
  executorId: string,
): () => Promise<void> {
  const names = new Map<string, string>(
    Object.entries({ plannings: planningsJobName(executorId), director: directorJobName } satisfies Record<
      RungJob,
      string
    >),
  );
  const stop = new AbortController();
  const hear = (heard: string | null) => {
    for (const [job, name] of names) if (heard === null || heard === job) ring(name);
  };
  const { closed } = listenForEvents(url, hear, stop.signal, 'moose_jobs');
  return () => {
    stop.abort();
    return closed;
  };
}

/** These jobs belong to no run, so their crash points use the ID of this process instead of a run. */
export function followingJobs(
  pipeline: PipelineDeps & Pick<PlanningsDeps, 'locks'>,
  { errorLog }: Opened,
  executorId: string,
): PeriodicJob[] {
  const reached = (point: string) => pipeline.reached(point, executorId as RunId);
  const following = { ...pipeline, errors: errorLog, reached };
  return [
    pullRequestsJob(following),
    issuesJob(following),
    planningsJob(following, executorId),
    directorJob(following),
    ...schedulesJobs(following),
  ];
}
