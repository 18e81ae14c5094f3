// What is refused about schedules, in words.
import { ConfigurationError, PermanentError } from '../../domain/failure.ts';

const fields = { component: 'schedules', operation: 'change schedules' };
const shown = (text: string) => text.slice(0, 100);

export function cronInvalid(cron: string, why: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'CRON_INVALID',
    message: `"${shown(cron)}" is not a cron expression: ${why}.`,
    advice:
      'Give minute, hour, day of the month, month and day of the week, as in "30 1 * * 1-5" (1:30 from Monday to Friday), or @daily, @hourly, @weekly, @monthly.',
  });
}

export function cronNever(cron: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'CRON_NEVER',
    message: `"${shown(cron)}" never matches: this date does not exist in any year.`,
    advice: 'Check the day and the month. "0 0 L 2 *" is the last day of February.',
  });
}

export function timeZoneUnknown(timeZone: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'TIME_ZONE_UNKNOWN',
    message: `There is no time zone "${shown(timeZone)}".`,
    advice: 'Give a name of the IANA database, such as Europe/Berlin or UTC.',
  });
}

export function nameInvalid(name: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_NAME_INVALID',
    message: `A schedule cannot be called "${shown(name)}".`,
    advice: 'Use up to 60 letters, digits and . _ -, starting with a letter or a digit.',
  });
}

export function nameTaken(name: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_NAME_TAKEN',
    message: `There is already a schedule "${shown(name)}".`,
    advice: 'Choose another name, or remove that one first: `moose schedule list` lists them.',
  });
}

export function tooMany(max: number): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULES_TOO_MANY',
    message: `There are already ${max} schedules, which is the maximum.`,
    advice: 'Remove schedules that are not needed: `moose schedule remove NAME`.',
  });
}

export function scheduleNotFound(name: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_NOT_FOUND',
    message: `There is no schedule "${shown(name)}".`,
    advice: 'List the schedules with `moose schedule list`.',
  });
}

export function placeholderUnknown(found: string, known: readonly string[]): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'PLACEHOLDER_UNKNOWN',
    message: `There is no placeholder ${shown(found)}.`,
    advice: `Use ${known.map((name) => `{{${name}}}`).join(', ')}. With a space inside the braces, a text stays as it is.`,
  });
}

export function limitNeeded(): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_LIMIT_NEEDED',
    message: 'A schedule needs a limit in dollars for each of its work orders.',
    advice: 'Give it with --limit, as in --limit 2.',
  });
}

export function catchUpInvalid(): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_CATCH_UP_INVALID',
    message: 'A missed instant may run late by one minute to seven days.',
    advice: 'Give it with --catch-up, as in 6h or 1d.',
  });
}

export function stillOpen(name: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_STILL_OPEN',
    message: `The previous work order of the schedule "${name}" is still open.`,
    advice: `Wait until it ends, or cancel it: \`moose schedule show ${name}\` shows it.`,
  });
}

export const removalNotYours = (name: string) => notYours(name, 'remove');
export const changeNotYours = (name: string) => notYours(name, 'change');

function notYours(name: string, act: 'remove' | 'change'): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_NOT_YOURS',
    message: `Only its owner or an admin can ${act} the schedule "${name}".`,
    advice: `Ask its owner or an admin, or pause it: \`moose schedule pause ${name}\`.`,
  });
}

export function adminPartsNotYours(name: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SCHEDULE_NEEDS_ADMIN',
    message: `The schedule "${name}" has its own checks or may change CI, which only an admin can allow.`,
    advice: 'Ask an admin to do it, or add one without them.',
  });
}

export function projectGone(project: string): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'SCHEDULE_PROJECT_GONE',
    message: `The project "${project}" was removed.`,
    advice: 'Add it again with `moose project add`, or remove the schedule.',
  });
}
