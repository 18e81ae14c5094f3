// What is refused about schedules, in words.

import type { ConfigurationError, PermanentError } from '../../../domain/failure.ts';
import { scheduleFailures } from './failure-catalogue.ts';

const fields = { operation: 'change schedules' };
const shown = (text: string) => text.slice(0, 100);

export function cronInvalid(cron: string, why: string): PermanentError {
  return scheduleFailures.CRON_INVALID(fields, { cron: shown(cron), why });
}

export function cronNever(cron: string): PermanentError {
  return scheduleFailures.CRON_NEVER(fields, { cron: shown(cron) });
}

export function timeZoneUnknown(timeZone: string): PermanentError {
  return scheduleFailures.TIME_ZONE_UNKNOWN(fields, { timeZone: shown(timeZone) });
}

export function nameInvalid(name: string): PermanentError {
  return scheduleFailures.SCHEDULE_NAME_INVALID(fields, { name: shown(name) });
}

export function nameTaken(name: string): PermanentError {
  return scheduleFailures.SCHEDULE_NAME_TAKEN(fields, { name: shown(name) });
}

export function tooMany(max: number): PermanentError {
  return scheduleFailures.SCHEDULES_TOO_MANY(fields, { max });
}

export function scheduleNotFound(name: string): PermanentError {
  return scheduleFailures.SCHEDULE_NOT_FOUND(fields, { name: shown(name) });
}

export function placeholderUnknown(found: string, known: readonly string[]): PermanentError {
  return scheduleFailures.PLACEHOLDER_UNKNOWN(fields, {
    found: shown(found),
    known: known.map((name) => `{{${name}}}`).join(', '),
  });
}

export function limitNeeded(): PermanentError {
  return scheduleFailures.SCHEDULE_LIMIT_NEEDED(fields);
}

export function catchUpInvalid(): PermanentError {
  return scheduleFailures.SCHEDULE_CATCH_UP_INVALID(fields);
}

export function stillOpen(name: string): PermanentError {
  return scheduleFailures.SCHEDULE_STILL_OPEN(fields, { name });
}

export const removalNotYours = (name: string) => notYours(name, 'remove');
export const changeNotYours = (name: string) => notYours(name, 'change');

function notYours(name: string, act: 'remove' | 'change'): PermanentError {
  return scheduleFailures.SCHEDULE_NOT_YOURS(fields, { act, name });
}

export function adminPartsNotYours(name: string): PermanentError {
  return scheduleFailures.SCHEDULE_NEEDS_ADMIN(fields, { name });
}

export function projectGone(project: string): ConfigurationError {
  return scheduleFailures.SCHEDULE_PROJECT_GONE(fields, { project });
}
