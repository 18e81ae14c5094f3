// The Architect's job carries out the requests to plan a spec (R-SPEC-1). Each request has its own lock, so that other
// machines can take a request that one machine cannot plan. If a process dies, the request continues elsewhere.

import type { Logger } from 'pino';
import type { MooseError, PermanentError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import {
  countStart,
  forgetStarts,
  hasOpenPlanning,
  openPlannings,
  type Planning,
  planningById,
} from '../../../store/work/plans/plannings.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { ErrorLog } from '../../errors/error-log.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { projectHere } from '../../run/project-here.ts';
import { closePlanning } from '../close-planning.ts';
import { intakeFailures } from './failure-catalogue.ts';
import { leavePlanning } from './leave-planning.ts';
import { type WritePlanDeps, writePlan } from './write-plan.ts';

export interface PlanningsDeps extends WritePlanDeps {
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  /** Locks of this process, which are released when it dies. */
  locks: { tryLock(name: string): Promise<boolean>; unlock(name: string): Promise<void> };
}

/** Besides its bell. */
const everyMs = 5_000;
/** For new requests, while some are carried out. */
const newEveryMs = 1_000;
/** More calls than rounds, because a call without an answer is repeated. */
const callsMax = 12;
/** A higher limit would read too many repositories at the same time. */
const atOnceMax = 4;
/** A failure before any call, such as an unreachable remote, ends the request after this time. */
const openMsMax = 6 * 3_600_000;
/** If this many processes in a row end in the middle, for any reason, the request ends. */
const startsMax = 5;
const waitMsMin = 2_000;
const waitMsMax = 2 * 60_000;

export const planningsJobName = (executorId: string) => `plannings:${executorId}`;

export function planningsJob(deps: PlanningsDeps, executorId: string): PeriodicJob {
  const waits = new Map<string, { untilMs: number; ms: number }>();
  const isDue = ({ id }: Planning) => (waits.get(id)?.untilMs ?? 0) <= deps.clock.now().getTime();
  const continuePlanning = async (planning: Planning, signal: AbortSignal): Promise<void> => {
    const waitMs = await locked(deps, planning.id, signal);
    if (waitMs === null) return;
    const nowMs = deps.clock.now().getTime();
    const before = waits.get(planning.id)?.ms ?? waitMsMin / 2;
    if (waitMs === 'elsewhere')
      return void waits.set(planning.id, { ms: before, untilMs: nowMs + newEveryMs });
    const ms = Math.max(waitMs, Math.min(before * 2, waitMsMax));
    waits.set(planning.id, { ms, untilMs: nowMs + ms });
  };
  return {
    // Runs in every process: a lock on the whole job would leave all requests to one machine.
    name: planningsJobName(executorId),
    isOwn: true,
    everyMs,
    due: hasOpenPlanning,
    run: async (signal) => {
      const underWay = new Map<string, Promise<void>>();
      try {
        // New requests begin while others are running: a slow model must not delay them.
        do {
          const open = await deps.database.run(openPlannings, signal);
          for (const id of waits.keys()) if (!open.some((planning) => planning.id === id)) waits.delete(id);
          const due = open.filter((planning) => !underWay.has(planning.id) && isDue(planning));
          for (const planning of due.slice(0, atOnceMax - underWay.size))
            underWay.set(
              planning.id,
              continuePlanning(planning, signal).finally(() => underWay.delete(planning.id)),
            );
          if (underWay.size > 0) await Promise.race([...underWay.values(), sleep(newEveryMs, signal)]);
        } while (underWay.size > 0);
      } finally {
        await Promise.allSettled(underWay.values());
      }
    },
  };
}

/** How long to wait before the next try; null if the request has ended, 'elsewhere' if another process carries it out. */
async function locked(
  deps: PlanningsDeps,
  id: string,
  signal: AbortSignal,
): Promise<number | 'elsewhere' | null> {
  const lock = `planning:${id}`;
  if (!(await deps.locks.tryLock(lock))) return 'elsewhere';
  try {
    // Another process may have continued it before it released the lock.
    const planning = await deps.database.run((query) => planningById(query, id), signal);
    return planning?.endedAt === null ? await executePlanning(deps, planning, signal) : null;
  } finally {
    await deps.locks.unlock(lock);
  }
}

async function executePlanning(
  deps: PlanningsDeps,
  planning: Planning,
  signal: AbortSignal,
): Promise<number | null> {
  const note = (cause: unknown, isFinal: (error: MooseError) => boolean) => {
    if (signal.aborted) throw cause;
    const error = toMooseError(cause, 'specs', 'plan');
    const ends = isFinal(error);
    deps.logger.warn({ err: error, specId: planning.specId, isFinal: ends }, 'could not plan a spec');
    deps.errors.record(error, { strategy: ends ? 'escalate' : 'retry' });
    return { error, ends, waitMs: error.retryAfterMs ?? 0 };
  };
  const openMs = deps.clock.now().getTime() - planning.askedAt.getTime();
  const isLast = planning.calls >= callsMax || openMs > openMsMax;
  try {
    const waitMs = await start(deps, planning, signal);
    await deps.database.run((query) => forgetStarts(query, planning.id), signal);
    return waitMs;
  } catch (cause) {
    const { error, ends, waitMs } = note(cause, ({ retryable }) => !retryable || isLast);
    try {
      if (ends) await end(deps, planning, error, signal);
      else await deps.database.run((query) => forgetStarts(query, planning.id), signal);
      return ends ? null : waitMs;
    } catch (unwritten) {
      // The request stays open, and must not stop the others.
      return note(unwritten, () => false).waitMs;
    }
  }
}

/** Null if the request has ended; how long to wait if another machine can do it. */
async function start(deps: PlanningsDeps, asked: Planning, signal: AbortSignal): Promise<number | null> {
  const { database, settings } = deps;
  const starts = await database.run((query) => countStart(query, asked.id), signal);
  if (starts > startsMax) throw processesDied(asked);
  const project = await database.run((query) => projectById(query, asked.projectId), signal);
  if (project.removedAt !== null) throw projectRemoved(project.name);
  const here = projectHere(project, settings.dataDirectory);
  const waitMs = await leavePlanning(deps, asked, here, signal);
  if (waitMs !== null) return waitMs;
  deps.reached('planning:started');
  await writePlan(deps, { asked, project: here }, signal);
  return null;
}

async function end(
  { database }: PlanningsDeps,
  { id }: Planning,
  { code, message, advice }: MooseError,
  signal: AbortSignal,
): Promise<void> {
  await database.transaction(
    (query) =>
      closePlanning(query, id, { state: 'failed', failure: { code, message, advice: advice ?? null } }),
    signal,
  );
}

const fields = { operation: 'plan' };

function processesDied({ specId }: Planning): PermanentError {
  return intakeFailures.PLAN_STARTS_EXHAUSTED(fields, { startsMax, specId: shortId(specId) });
}

function projectRemoved(name: string): PermanentError {
  return intakeFailures.PROJECT_REMOVED(fields, { name });
}
