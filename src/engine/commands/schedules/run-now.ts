// Runs a schedule now, at a person's request: the limits of this person apply.
import type { WorkOrderId } from '../../../domain/ids.ts';
import { addScheduleRun } from '../../../store/work/schedules/schedule-runs.ts';
import { lockSchedule, standingOf } from '../../../store/work/schedules/schedules.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { assertSubmission, submitIn } from '../submit/submit.ts';
import { roleNeeded } from './auto-pause.ts';
import * as refused from './schedule-errors.ts';
import type { AskedWith, SchedulesAskDeps } from './schedules-deps.ts';
import { submissionFor } from './submission-for.ts';

interface Asked {
  scheduleId: string;
  name: string;
  id: WorkOrderId;
  requester: string;
}

export async function runNow(
  { database, clock, actor }: Pick<SchedulesAskDeps, 'database' | 'clock' | 'actor'>,
  { scheduleId, name, id, requester }: Asked,
  by: AskedWith | undefined,
): Promise<void> {
  await database.transaction(async (query) => {
    const schedule = await lockSchedule(query, scheduleId);
    if (!schedule) throw refused.scheduleNotFound(name);
    if (await workOrderById(query, id)) return;
    if (schedule.projectRemovedAt !== null) throw refused.projectGone(schedule.project);
    if (by && by.role !== 'admin' && roleNeeded(schedule.template) === 'admin')
      throw refused.adminPartsNotYours(name);
    const { openWorkOrderId } = await standingOf(query, schedule);
    if (openWorkOrderId !== null) throw refused.stillOpen(name);
    const { now: dueAt, projectId } = schedule;
    const submission = submissionFor(schedule, dueAt);
    assertSubmission(submission);
    const given = { id, now: clock.now(), projectId, actor, requester };
    await submitIn(query, submission, { ...given, because: `submitted by the schedule ${name}, run now` });
    const row = { scheduleId, dueAt, outcome: 'submitted' as const, workOrderId: id, askedBy: requester };
    if (!(await addScheduleRun(query, row))) throw refused.stillOpen(name);
  });
}
