// Decides about the due instants of a schedule, in one transaction with the work order: each instant has one row, so
// whatever processes do this at the same time, and wherever they die, it makes at most one work order.
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { scheduleLimits } from '../../../domain/work-order/schedule.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database, Query } from '../../../store/database.ts';
import { resolveAlert } from '../../../store/failures/alerts.ts';
import { addScheduleRun, endWaiting, hasScheduleRun } from '../../../store/work/schedules/schedule-runs.ts';
import {
  changeSchedule,
  type DueSchedule,
  lockSchedule,
  type ScheduleStanding,
  standingOf,
} from '../../../store/work/schedules/schedules.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import type { Submission } from '../submit/submission.ts';
import { assertSubmission, submitIn } from '../submit/submit.ts';
import { pauseAndNotify, refusedKey, whyPaused } from './auto-pause.ts';
import { type Instants, readInstants } from './instants.ts';
import { refusalOr } from './refusal-or.ts';
import { submissionFor } from './submission-for.ts';

export const scheduleActor = 'moose:schedule';

export interface DecideDeps {
  database: Database;
  clock: Clock;
  /** Marks a point where a crash could come. */
  reached(point: string): void;
}
type SubmitDeps = Pick<DecideDeps, 'clock'>;

const settledMsMax = BigInt(scheduleLimits.catchUpMsMin);

export async function decideDue(deps: DecideDeps, id: string, signal: AbortSignal): Promise<void> {
  deps.reached('schedule:due');
  await deps.database.transaction(async (query) => {
    await decideIn(query, deps, id);
    deps.reached('schedule:decided');
  }, signal);
  deps.reached('schedule:committed');
}

async function decideIn(query: Query, deps: DecideDeps, id: string): Promise<void> {
  const schedule = await lockSchedule(query, id);
  const due = schedule && (await goingOn(query, schedule));
  if (!due) return;
  if (hasWaited(due.standing)) await startWaiting(query, deps, due);
  else if (due.dueAt <= due.now) await decideInstants(query, deps, due);
}

/**
 * Call this in the transaction that changes the expression: an instant that is due at this moment is decided
 * with the old values. Older ones are missed, so that a change never starts a late run.
 */
export async function settleDue(query: Query, deps: SubmitDeps, schedule: DueSchedule): Promise<void> {
  if (schedule.nextDueAt === null || schedule.nextDueAt > schedule.now) return;
  const due = await goingOn(query, schedule);
  if (!due) return;
  if (hasWaited(due.standing)) await startWaiting(query, deps, due);
  const catchUpMs = due.catchUpMs < settledMsMax ? due.catchUpMs : settledMsMax;
  const because = 'The schedule was changed before it ran.';
  await runNewest(query, deps, { ...due, catchUpMs, standing: await standingOf(query, schedule) }, because);
}

const hasWaited = ({ waitingDueAt, openWorkOrderId }: ScheduleStanding) =>
  waitingDueAt !== null && openWorkOrderId === null;

/** Null if it is paused, or has paused itself now. */
async function goingOn(query: Query, schedule: DueSchedule): Promise<Due | null> {
  const { nextDueAt: dueAt } = schedule;
  if (!dueAt) return null;
  const standing = await standingOf(query, schedule);
  const instants = refusalOr(() => readInstants(schedule.cron, schedule.timeZone));
  const why = isMooseError(instants)
    ? { because: asSentence(instants.message), advice: instants.advice ?? '' }
    : whyPaused(schedule, standing);
  if (isMooseError(instants) || why !== null) {
    if (why) await pauseAndNotify(query, schedule, { ...why, by: scheduleActor });
    return null;
  }
  return { ...schedule, dueAt, standing, instants };
}

interface Due extends DueSchedule {
  dueAt: Date;
  standing: ScheduleStanding;
  instants: Instants;
}

async function decideInstants(query: Query, deps: SubmitDeps, due: Due): Promise<void> {
  await runNewest(query, deps, due, 'Moose was not running.');
  const next = due.instants.next(due.now);
  if (next !== null) return changeSchedule(query, due.id, { nextDueAt: next });
  const why = {
    because: 'It will never run again.',
    advice: 'Change its expression with `moose schedule change`, or remove it.',
  };
  await pauseAndNotify(query, due, { ...why, by: scheduleActor });
}

/** The newest due instant runs if it is young enough; those before it are missed. */
async function runNewest(query: Query, deps: SubmitDeps, due: Due, because: string): Promise<void> {
  const { id, now, dueAt, instants, catchUpMs } = due;
  const newest = instants.newest(now);
  if (newest === null || newest < dueAt) return;
  const isYoung = now.getTime() - newest.getTime() <= Number(catchUpMs);
  await recordMissed(query, due, isYoung ? newest : new Date(newest.getTime() + 1), because);
  if (isYoung && !(await hasScheduleRun(query, id, newest))) await runInstant(query, deps, due, newest);
}

/** One row for all missed instants before `before`. */
async function recordMissed(
  query: Query,
  { id, dueAt, instants }: Due,
  before: Date,
  because: string,
): Promise<void> {
  const count = instants.count(dueAt, before);
  const last = instants.newest(new Date(before.getTime() - 1));
  const first = instants.next(new Date(dueAt.getTime() - 1));
  if (count === 0 || last === null || first === null) return;
  await addScheduleRun(query, {
    scheduleId: id,
    dueAt: last,
    firstDueAt: first,
    outcome: 'missed',
    instants: count,
    because,
  });
}

async function runInstant(query: Query, deps: SubmitDeps, due: Due, at: Date): Promise<void> {
  const { id, whenOpen, standing } = due;
  const row = { scheduleId: id, dueAt: at };
  if (standing.openWorkOrderId === null && standing.waitingDueAt === null) {
    await submitInstant(query, deps, due, at, async (end) => {
      await addScheduleRun(query, { ...row, ...end });
    });
  } else if (whenOpen === 'queue' && standing.waitingDueAt === null) {
    const because = 'The previous work order is still open.';
    await addScheduleRun(query, { ...row, outcome: 'waiting', because });
  } else {
    const because =
      whenOpen === 'skip'
        ? 'The previous work order was still open.'
        : 'An earlier run was already waiting for the previous work order.';
    await addScheduleRun(query, { ...row, outcome: 'skipped', because });
  }
}

async function startWaiting(query: Query, deps: SubmitDeps, schedule: Due): Promise<void> {
  const { waitingDueAt: at } = schedule.standing;
  if (at === null) return;
  if (schedule.now.getTime() - at.getTime() > Number(schedule.catchUpMs)) {
    const because = 'The previous work order was open for too long.';
    await endWaiting(query, schedule.id, { outcome: 'skipped', because });
    return;
  }
  await submitInstant(query, deps, schedule, at, async (end) => {
    await endWaiting(query, schedule.id, end);
  });
}

type End = { outcome: 'submitted'; workOrderId: WorkOrderId } | { outcome: 'refused'; because: string };

async function submitInstant(
  query: Query,
  { clock }: SubmitDeps,
  schedule: DueSchedule,
  at: Date,
  record: (end: End) => Promise<void>,
): Promise<void> {
  const { id: scheduleId, name, projectId, requestedBy: requester } = schedule;
  const submission = usableSubmission(schedule, at);
  if (isMooseError(submission)) {
    const message = asSentence(submission.message);
    await record({ outcome: 'refused', because: message });
    await raiseAndNotify(query, refusedAlert(schedule, submission.code, message), submission.advice);
    return;
  }
  const now = clock.now();
  const because = `submitted by the schedule ${name}, due at ${at.toISOString()}`;
  const given = { id: newId<WorkOrderId>(now), now, projectId, actor: scheduleActor, requester, because };
  const { id: workOrderId } = await submitIn(query, submission, given);
  await record({ outcome: 'submitted', workOrderId });
  await resolveAlert(query, refusedKey(scheduleId), 'moose');
}

function usableSubmission(schedule: DueSchedule, at: Date): Submission | MooseError {
  return refusalOr(() => {
    const submission = submissionFor(schedule, at);
    assertSubmission(submission);
    return submission;
  });
}

function refusedAlert({ id, name }: DueSchedule, code: string, message: string) {
  return {
    key: refusedKey(id),
    severity: 'medium' as const,
    component: 'schedules',
    operation: 'submit',
    code,
    message: `The schedule "${name}" could not submit a work order: ${message}`,
    metadata: { scheduleId: id },
  };
}
