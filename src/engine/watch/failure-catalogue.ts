// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const watchFailures = catalogue('watch', {
  STUCK_ELSEWHERE: {
    kind: 'configuration',
    failureClass: 'orchestration_error',
    message: 'The process of work order {id} runs on {host} and can only be stopped there.',
    advice: 'Answer on {host}, or cancel it with `moose cancel {id}`.',
  },
});

export const watchFindings = findings('watch', {
  PROCESS_SILENT: {
    message:
      'A Moose process on {host} has not responded since {at}: it is frozen, or its machine or network is down. Other processes take over its work.',
    reference: { advice: 'Check that machine. When the process responds again, it continues to take work.' },
  },
  UPKEEP_FAILS: {
    message: 'The periodic job "{job}" on {host} keeps failing: {problem}',
    reference: { advice: 'Remove the cause that the message names. The alert ends when the job succeeds.' },
  },
  UPKEEP_HANGS: {
    message:
      'The periodic job "{job}" on {host} has not ended for {minutes} min, and does not run again until it ends.',
    advice:
      'Check the disks and the network of this machine, then restart Moose there: the job starts again.',
  },
});
