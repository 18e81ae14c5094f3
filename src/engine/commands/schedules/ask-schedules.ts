// Adds, shows, changes, pauses, resumes, runs and removes schedules.
import type * as wire from '../../../contract/contract.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { scheduleLimits } from '../../../domain/work-order/schedule.ts';
import type { Database, Query } from '../../../store/database.ts';
import { databaseNow } from '../../../store/database-now.ts';
import { toJson } from '../../../store/storable.ts';
import { listScheduleChanges } from '../../../store/work/schedules/schedule-changes.ts';
import { lastScheduleRuns, listScheduleRuns } from '../../../store/work/schedules/schedule-runs.ts';
import {
  addSchedule,
  changeSchedule,
  type ListedSchedule,
  listSchedules,
  lockSchedule,
  scheduleNamed,
} from '../../../store/work/schedules/schedules.ts';
import { refuseLacking, refuseUnknown } from '../submit/agent-choice.ts';
import { findRepository } from '../submit/project-of-submission.ts';
import { assertSubmission } from '../submit/submit.ts';
import { assertSchedule } from './assert-schedule.ts';
import { endAlerts, mayOwn, roleNeeded, stopSchedule } from './auto-pause.ts';
import { changeOne, type ScheduleChange } from './change-schedule.ts';
import { readInstantsFrom } from './instants.ts';
import { runNow } from './run-now.ts';
import * as refused from './schedule-errors.ts';
import type { AskedWith, NewSchedule, SchedulesAskDeps } from './schedules-deps.ts';
import { shownInFull, shownSchedule } from './show-schedule.ts';
import { submissionFor, templateOf } from './submission-for.ts';

export function askSchedules(deps: SchedulesAskDeps) {
  const { database, actor } = deps;
  const requester = deps.requester ?? actor;
  const one = (name: string) => database.run((query) => oneInFull(query, name));
  return {
    /** By name. */
    list: async (): Promise<wire.Schedule[]> =>
      database.run(async (query) => {
        const last = await lastScheduleRuns(query);
        return (await listSchedules(query)).map((row) => shownSchedule(row, last.get(row.id)));
      }),
    /** @throws `SCHEDULE_NOT_FOUND` */
    one,
    /**
     * @throws `SCHEDULE_…`, `CRON_…`, `TIME_ZONE_UNKNOWN`, `PLACEHOLDER_UNKNOWN`, and what `submit` throws
     */
    add: async (given: NewSchedule, by: AskedWith): Promise<wire.AddedSchedule> => {
      const warnings = await addOne(deps, given, { ...by, requester });
      return { schedule: await one(given.name), warnings };
    },
    /**
     * A schedule that is paused stays so. The audit log gets the old and the new values, in the transaction that changes
     * them. @throws what `add` throws, `SCHEDULE_NOT_YOURS` */
    change: async (name: string, given: ScheduleChange, by: AskedWith): Promise<wire.ChangedSchedule> => {
      const schedule = await found(database, name);
      const changed = await changeOne(deps, schedule, given, { ...by, requester });
      return { schedule: await one(changed.name), warnings: changed.warnings };
    },
    /** Pausing twice succeeds. */
    pause: async (name: string, because?: string): Promise<wire.ScheduleDetail> => {
      const { id } = await found(database, name);
      await database.transaction(async (query) => {
        const schedule = await lockSchedule(query, id);
        if (!schedule) throw refused.scheduleNotFound(name);
        if (schedule.pausedAt === null)
          await stopSchedule(query, schedule, { by: actor, because: because ?? null });
      });
      return one(name);
    },
    /** Resuming one that is not paused succeeds. */
    resume: async (name: string, by: AskedWith): Promise<wire.ScheduleDetail> => {
      const { id } = await found(database, name);
      await resumeOne(deps, { id, name, requester }, by);
      return one(name);
    },
    /** `id` is chosen by the caller, so that a repeated request has no effect. @throws `SCHEDULE_STILL_OPEN` */
    run: async (
      name: string,
      { id = newId<WorkOrderId>(deps.clock.now()) }: { id?: WorkOrderId } = {},
      by?: AskedWith,
    ): Promise<wire.ScheduleDetail> => {
      const { id: scheduleId } = await found(database, name);
      await runNow(deps, { scheduleId, name, id, requester }, by);
      return one(name);
    },
    /** Its work orders stay. @throws `SCHEDULE_NOT_YOURS` */
    remove: async (name: string, by: AskedWith): Promise<{ removed: string }> => {
      const { id } = await found(database, name);
      return database.transaction(async (query) => {
        const schedule = await lockSchedule(query, id);
        if (!schedule) throw refused.scheduleNotFound(name);
        if (by.role !== 'admin' && schedule.requestedBy !== requester) throw refused.removalNotYours(name);
        await stopSchedule(query, schedule, { by: actor, because: 'It was removed.' });
        const removedAt = await databaseNow(query);
        await changeSchedule(query, id, { removedAt, removedBy: actor });
        await endAlerts(query, id, actor);
        return { removed: schedule.name };
      });
    },
  };
}

async function found(database: Database, name: string): Promise<ListedSchedule> {
  const schedule = await database.run((query) => scheduleNamed(query, name));
  if (!schedule) throw refused.scheduleNotFound(name);
  return schedule;
}

async function oneInFull(query: Query, name: string): Promise<wire.ScheduleDetail> {
  const schedule = await scheduleNamed(query, name);
  if (!schedule) throw refused.scheduleNotFound(name);
  const { historyShown } = scheduleLimits;
  const runs = await listScheduleRuns(query, schedule.id, historyShown);
  return shownInFull(schedule, runs, await listScheduleChanges(query, schedule.id, historyShown));
}

/** Returns warnings. */
async function addOne(
  deps: SchedulesAskDeps,
  given: NewSchedule,
  { tokenId, requester }: AskedWith & { requester: string },
): Promise<string[]> {
  const { database, clock, actor } = deps;
  assertSchedule(given);
  const { name, timeZone, whenOpen, catchUpMs, limitNanoUsd } = given;
  const cron = given.cron.trim();
  const { first } = readInstantsFrom(cron, timeZone, await database.run(databaseNow));
  await refuseUnknown(deps.known, given);
  const lacking = given.command === undefined ? await refuseLacking(deps, given, given) : [];
  const template = templateOf(given);
  const repository = await findRepository(database, given);
  await database.transaction(async (query) => {
    const project = await repository.project(query, clock.now());
    const row = { name, cron, timeZone, whenOpen, limitNanoUsd, projectId: project.id };
    // The scheduled time may be far away, but errors in the texts are reported now.
    assertSubmission(submissionFor({ ...row, template }, first));
    const added = await addSchedule(query, {
      ...row,
      id: newId<string>(clock.now()),
      template: toJson(template),
      catchUpMs: BigInt(catchUpMs),
      createdBy: actor,
      requestedBy: requester,
      tokenId,
      nextDueAt: first,
    });
    if (added === 'name_taken') throw refused.nameTaken(name);
    if (added === 'too_many') throw refused.tooMany(scheduleLimits.schedulesMax);
  });
  return [...lacking, ...repository.warnings];
}

/** If the owner may no longer submit its work orders, whoever resumes it takes it over, with their own limits. */
async function resumeOne(
  { database, actor }: SchedulesAskDeps,
  { id, name, requester }: { id: string; name: string; requester: string },
  { tokenId, role }: AskedWith,
): Promise<void> {
  await database.transaction(async (query) => {
    const schedule = await lockSchedule(query, id);
    if (!schedule) throw refused.scheduleNotFound(name);
    if (schedule.pausedAt === null) return;
    if (schedule.projectRemovedAt !== null) throw refused.projectGone(schedule.project);
    const isTaken = !mayOwn(schedule);
    if (isTaken && roleNeeded(schedule.template) === 'admin' && role !== 'admin')
      throw refused.adminPartsNotYours(name);
    const now = await databaseNow(query);
    const { first } = readInstantsFrom(schedule.cron, schedule.timeZone, now);
    await changeSchedule(query, id, {
      nextDueAt: first,
      streakFrom: now,
      pausedAt: null,
      pausedBy: null,
      pausedBecause: null,
      ...(isTaken ? { requestedBy: requester, tokenId } : {}),
    });
    await endAlerts(query, id, actor);
  });
}
