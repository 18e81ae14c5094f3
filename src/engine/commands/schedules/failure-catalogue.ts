// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../../domain/catalogue.ts';

export const scheduleFailures = catalogue('schedules', {
  CRON_INVALID: {
    kind: 'permanent',
    message: '"{cron}" is not a cron expression: {why}.',
    advice:
      'Give minute, hour, day of the month, month and day of the week, as in "30 1 * * 1-5" (1:30 from Monday to Friday), or @daily, @hourly, @weekly, @monthly.',
  },
  CRON_NEVER: {
    kind: 'permanent',
    message: '"{cron}" never matches: this date does not exist in any year.',
    advice: 'Check the day and the month. "0 0 L 2 *" is the last day of February.',
  },
  PLACEHOLDER_UNKNOWN: {
    kind: 'permanent',
    message: 'There is no placeholder {found}.',
    advice: 'Use {known}. With a space inside the braces, a text stays as it is.',
  },
  SCHEDULES_TOO_MANY: {
    kind: 'permanent',
    message: 'There are already {max} schedules, which is the maximum.',
    advice: 'Remove schedules that are not needed: `moose schedule remove NAME`.',
  },
  SCHEDULE_CATCH_UP_INVALID: {
    kind: 'permanent',
    message: 'A missed instant may run late by one minute to seven days.',
    advice: 'Give it with --catch-up, as in 6h or 1d.',
  },
  SCHEDULE_LIMIT_NEEDED: {
    kind: 'permanent',
    message: 'A schedule needs a limit in dollars for each of its work orders.',
    advice: 'Give it with --limit, as in --limit 2.',
  },
  SCHEDULE_NAME_INVALID: {
    kind: 'permanent',
    message: 'A schedule cannot be called "{name}".',
    advice: 'Use up to 60 letters, digits and . _ -, starting with a letter or a digit.',
  },
  SCHEDULE_NAME_TAKEN: {
    kind: 'permanent',
    message: 'There is already a schedule "{name}".',
    advice: 'Choose another name, or remove that one first: `moose schedule list` lists them.',
  },
  SCHEDULE_NEEDS_ADMIN: {
    kind: 'permanent',
    message:
      'The schedule "{name}" has its own checks, runs a command or may change CI, which only an admin can allow.',
    advice: 'Ask an admin to do it, or add one without them.',
  },
  SCHEDULE_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no schedule "{name}".',
    advice: 'List the schedules with `moose schedule list`.',
  },
  SCHEDULE_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only its owner or an admin can {act} the schedule "{name}".',
    advice: 'Ask its owner or an admin, or pause it: `moose schedule pause {name}`.',
  },
  SCHEDULE_PROJECT_GONE: {
    kind: 'configuration',
    message: 'The project "{project}" was removed.',
    advice: 'Add it again with `moose project add`, or remove the schedule.',
  },
  SCHEDULE_STILL_OPEN: {
    kind: 'permanent',
    message: 'The previous work order of the schedule "{name}" is still open.',
    advice: 'Wait until it ends, or cancel it: `moose schedule show {name}` shows it.',
  },
  TIME_ZONE_UNKNOWN: {
    kind: 'permanent',
    message: 'There is no time zone "{timeZone}".',
    advice: 'Give a name of the IANA database, such as Europe/Berlin or UTC.',
  },
});

export const scheduleFindings = findings('schedules', {
  SCHEDULE_PAUSED: {
    message: 'The schedule "{name}" has paused itself. {because}',
    reference: { advice: '`moose schedule show NAME` says why; `moose schedule resume NAME` continues it.' },
  },
});
