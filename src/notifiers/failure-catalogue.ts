// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const notifierFailures = catalogue('notifiers', {
  NOTICE_NOT_DELIVERED: {
    kind: 'transient',
    type: 'coordination',
    message: 'The channel "{name}" {what}.',
    advice: 'No action is needed: Moose retries for a day.',
  },
  NOTICE_NOT_DELIVERED_PUSH: {
    kind: 'transient',
    code: 'NOTICE_NOT_DELIVERED',
    type: 'coordination',
    message: 'The push service of a browser {what}.',
    advice: 'No action is needed: Moose retries for a day.',
  },
  NOTICE_REFUSED: {
    kind: 'configuration',
    message: 'The channel "{name}" rejected a notice with status {status}.',
    advice:
      'Check that its webhook still exists, and set its address again (MOOSE_SLACK_WEBHOOK_URL, MOOSE_DISCORD_WEBHOOK_URL, MOOSE_WEBHOOK_URL).',
  },
  NOTICE_REFUSED_PUSH: {
    kind: 'configuration',
    code: 'NOTICE_REFUSED',
    message: 'The push service of a browser {what}.',
    advice: 'Turn notifications off and on again in that browser (Settings, People).',
  },
});
