// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../../domain/catalogue.ts';

export const effectFailures = catalogue('effects', {
  DESTRUCTION_HALTED: {
    kind: 'permanent',
    severity: 'high',
    message:
      '{others} work orders were undone within a minute: Moose stops here and asks whether this is intended.',
    advice: 'If it is intended, continue in a minute: `moose undo {workOrderId}`.',
  },
  PULL_REQUEST_ELSEWHERE: {
    kind: 'permanent',
    message:
      "Pull request {number} now belongs to the branch {headBranch}, not to {branch}: the project's remote is another repository.",
    advice: 'Close the pull request of the work order yourself, where it was opened; then undo again.',
  },
});

export const effectFindings = findings('effects', {
  SESSIONS_UNREACHABLE: {
    message:
      "{sessions} of Moose's processes on {host} have been unreachable since {since} and may still be running: start Moose there, and it stops them.",
    reference: { advice: 'Start Moose on that machine, or end the processes there by hand.' },
  },
});
