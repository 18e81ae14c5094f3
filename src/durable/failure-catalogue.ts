// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const durableFailures = catalogue('durable', {
  EXECUTOR_LOCK_LOST: {
    kind: 'transient',
    message: 'The connection that proves this process is alive was lost and could not be restored.',
    advice: 'Check the database and start Moose again; its work continues from the last finished step.',
  },
  HOST_NAME_TAKEN: {
    kind: 'configuration',
    message:
      'Another machine named "{host}" works on this database, so the two machines could not tell their sessions apart.',
    advice:
      'Give this machine another name, with `hostnamectl set-hostname NAME` or the `--hostname` of its container, and start Moose again.',
  },
});
