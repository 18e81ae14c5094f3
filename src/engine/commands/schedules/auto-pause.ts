// A schedule whose runs fail or cannot start pauses itself, and notifies people.

import { type ApiRole, apiRoles } from '../../../domain/people/api-role.ts';
import { personOf } from '../../../domain/people/person.ts';
import { type ScheduleTemplate, scheduleLimits } from '../../../domain/work-order/schedule.ts';
import type { Query } from '../../../store/database.ts';
import { databaseNow } from '../../../store/database-now.ts';
import { resolveAlert } from '../../../store/failures/alerts.ts';
import { endWaiting } from '../../../store/work/schedules/schedule-runs.ts';
import {
  changeSchedule,
  type DueSchedule,
  type Schedule,
  type ScheduleStanding,
} from '../../../store/work/schedules/schedules.ts';
import { writeAudit } from '../../access/write-audit.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import { scheduleFindings } from './failure-catalogue.ts';

export const pausedKey = (id: string) => `schedule:${id}`;
export const refusedKey = (id: string) => `schedule-refused:${id}`;

export interface WhyPaused {
  because: string;
  advice: string;
}

/** The role that submitting such work orders needs (R-SEC-1). */
export function roleNeeded({ checks, command, allow_ci_changes }: ScheduleTemplate): ApiRole {
  return checks || command !== undefined || allow_ci_changes ? 'admin' : 'operator';
}

/** Null if it may continue. */
export function whyPaused(
  schedule: DueSchedule,
  { hasFailedInARow }: Pick<ScheduleStanding, 'hasFailedInARow'>,
): WhyPaused | null {
  const { name, project, projectRemovedAt } = schedule;
  if (projectRemovedAt !== null) {
    const advice = `Add the project again and resume the schedule, or remove it: \`moose schedule remove ${name}\`.`;
    return { because: `The project "${project}" was removed.`, advice };
  }
  if (!mayOwn(schedule)) {
    const advice = `Whoever resumes it becomes its owner, with their own limits: \`moose schedule resume ${name}\`.`;
    const owner = personOf(schedule.requestedBy);
    return { because: `${owner} may no longer submit such work orders.`, advice };
  }
  if (!hasFailedInARow) return null;
  return {
    because: `Its last ${scheduleLimits.failuresInARow} work orders all failed or need a person.`,
    advice: `See \`moose schedule show ${name}\`, then \`moose schedule resume ${name}\`.`,
  };
}

/** Whether the token with which it was made may still submit its work orders. */
export function mayOwn({ role, template }: Pick<DueSchedule, 'role' | 'template'>): boolean {
  if (role === undefined) return true;
  return role !== null && apiRoles.indexOf(role) >= apiRoles.indexOf(roleNeeded(template));
}

/** Stops the clock of a schedule; an instant that waits is skipped. */
export async function stopSchedule(
  query: Query,
  { id }: Pick<Schedule, 'id'>,
  { by, because }: { by: string; because: string | null },
): Promise<void> {
  const pausedAt = await databaseNow(query);
  await changeSchedule(query, id, { nextDueAt: null, pausedAt, pausedBy: by, pausedBecause: because });
  await endWaiting(query, id, { outcome: 'skipped', because: 'The schedule was paused.' });
}

export async function pauseAndNotify(
  query: Query,
  schedule: Pick<Schedule, 'id' | 'name'>,
  { because, advice, by }: WhyPaused & { by: string },
): Promise<void> {
  const { id, name } = schedule;
  await stopSchedule(query, schedule, { by, because });
  await writeAudit(query, { actor: by, act: 'schedule.pause', subject: name, detail: { because } });
  await raiseAndNotify(
    query,
    {
      key: pausedKey(id),
      severity: 'high',
      component: 'schedules',
      operation: 'run',
      ...scheduleFindings.SCHEDULE_PAUSED({ name, because }),
      metadata: { scheduleId: id, advice },
    },
    advice,
  );
}

/** When a person has looked at it. */
export async function endAlerts(query: Query, id: string, by: string): Promise<void> {
  for (const key of [pausedKey(id), refusedKey(id)]) await resolveAlert(query, key, by);
}
