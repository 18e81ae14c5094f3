// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const viewFailures = catalogue('views', {
  POSTMORTEM_TOO_EARLY: {
    kind: 'permanent',
    severity: 'low',
    message: 'The work order {id} has not failed and was not parked or undone: it is {status}.',
    advice: 'Run `moose show {id}` to see what it has done so far.',
  },
  SESSION_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no process "{given}".',
    advice: 'See the processes on the page of its work order.',
  },
});
