// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const resilienceFailures = catalogue('resilience', {
  CANCELLED: {
    kind: 'permanent',
    severity: 'low',
    message: 'The operation was cancelled.',
    advice: 'No action is needed: the operation was stopped on purpose.',
  },
  CIRCUIT_OPEN: {
    kind: 'transient',
    message: 'Calls to {key} are paused because it failed too often.',
    advice: 'Moose resumes automatically when it works again; check the earlier errors for the cause.',
  },
  TIMED_OUT: {
    kind: 'transient',
    failureClass: 'timeout',
    message: 'The call took longer than {limit}.',
    advice: 'Moose tries again; allow the call more time if this continues.',
  },
});
