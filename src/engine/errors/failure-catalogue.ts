// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

const ofTheMachine = { severity: 'high', failureClass: 'unknown', type: 'resource' } as const;

export const errorFailures = catalogue('errors', {
  DECISION_NOT_LOGGED: {
    kind: 'permanent',
    severity: 'high',
    message: 'Could not write a decision to the decision log: {message}',
    advice:
      'Check for a trigger, a constraint or a missing privilege on the table decision_logs; the work continues without the entry.',
  },
  DISK_FULL: {
    kind: 'configuration',
    ...ofTheMachine,
    message: 'The disk is full ({message}).',
    advice: 'Free some space on the disk that holds the data directory, then retry.',
  },
  DISK_FULL_BY_QUOTA: {
    kind: 'configuration',
    code: 'DISK_FULL',
    ...ofTheMachine,
    message: 'The disk quota is used up ({message}).',
    advice: 'Free some space, or raise the quota, then retry.',
  },
  DISK_READ_ONLY: {
    kind: 'configuration',
    ...ofTheMachine,
    message: 'The disk is read-only ({message}).',
    advice:
      'The kernel does that after an error of the disk: `dmesg` says which. Check it (fsck) and mount it writable; Moose then continues automatically.',
  },
  DISK_FAILS: {
    kind: 'configuration',
    ...ofTheMachine,
    message: 'The disk reports an error ({message}).',
    advice: 'Look at `dmesg`, and check or replace the disk; Moose then continues automatically.',
  },
  FILE_TOO_LARGE: {
    kind: 'configuration',
    ...ofTheMachine,
    message: 'A file is too large for this machine ({message}).',
    advice: 'Raise the limit on the size of files (`ulimit -f`) of the process that runs Moose, then retry.',
  },
  FILE_NOT_ALLOWED: {
    kind: 'configuration',
    ...ofTheMachine,
    message: 'Permission to read or write a file is missing ({message}).',
    advice: 'Fix its owner or permissions, then retry.',
  },
  FILE_NOT_ALLOWED_BY_MACHINE: {
    kind: 'configuration',
    code: 'FILE_NOT_ALLOWED',
    ...ofTheMachine,
    message: 'The machine does not permit the operation ({message}).',
    advice: 'Fix the owner or the permissions, then retry.',
  },
  PATH_INVALID: {
    kind: 'configuration',
    ...ofTheMachine,
    message: 'A name is too long for a file ({message}).',
    advice: 'Check the path that was given.',
  },
  PATH_INVALID_THROUGH_FILE: {
    kind: 'configuration',
    code: 'PATH_INVALID',
    ...ofTheMachine,
    message: 'A path leads through a file ({message}).',
    advice: 'Check the path that was given.',
  },
  PATH_INVALID_DIRECTORY: {
    kind: 'configuration',
    code: 'PATH_INVALID',
    ...ofTheMachine,
    message: 'There is a directory in the place of a file ({message}).',
    advice: 'Check the path that was given.',
  },
  PATH_INVALID_LOOP: {
    kind: 'configuration',
    code: 'PATH_INVALID',
    ...ofTheMachine,
    message: 'A path leads through links that lead to each other ({message}).',
    advice: 'Check the path that was given.',
  },
  TOO_MANY_FILES: {
    kind: 'transient',
    ...ofTheMachine,
    message: 'Too many files are open ({message}).',
    advice: 'Raise the limit on open files (`ulimit -n`), or lower MOOSE_RUNS_MAX, then retry.',
  },
  TOO_MANY_FILES_ON_MACHINE: {
    kind: 'transient',
    code: 'TOO_MANY_FILES',
    ...ofTheMachine,
    message: 'Too many files are open on this machine ({message}).',
    advice: 'Raise its limit on open files, then retry.',
  },
  OUT_OF_MEMORY: {
    kind: 'transient',
    ...ofTheMachine,
    message: 'The machine is out of memory ({message}).',
    advice: 'Free some memory, or run fewer work orders at a time, then retry.',
  },
  OUT_OF_PROCESSES: {
    kind: 'transient',
    ...ofTheMachine,
    message: 'The machine cannot start more processes ({message}).',
    advice: 'Raise the limit on processes (`ulimit -u`), or run fewer work orders at a time, then retry.',
  },
  UNEXPECTED: {
    kind: 'permanent',
    severity: 'high',
    failureClass: 'unknown',
    message: 'Unexpected error: {message}',
    advice: 'See the error with `moose show` and report it; retrying is safe.',
  },
});
