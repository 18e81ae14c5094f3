// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../../domain/catalogue.ts';

export const notifyFailures = catalogue('notify', {
  DAY_INVALID: {
    kind: 'permanent',
    message: '"{day}" is not a day.',
    advice: 'Write it as 2026-01-31.',
  },
  NOTICE_NOT_WRITTEN: {
    kind: 'permanent',
    severity: 'high',
    message: 'Could not queue a notice to people: {message}',
    advice:
      'Check for a trigger, a constraint or a missing privilege on the table outbox; `moose escalations` and `moose alerts` show open questions and alerts.',
  },
});

export const notifyFindings = findings('notify', {
  NOTICES_GIVEN_UP: {
    message:
      '{count} notices for the channel "{channel}" were dropped after a day: start a Moose process that has {what}.',
    reference: {
      advice:
        'Start a Moose that has the address of that channel, or ignore this if the channel no longer exists.',
    },
  },
});
