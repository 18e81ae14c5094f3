// Converts anything thrown into a MooseError (R-FAIL-1): system errors are known, and the rest is a bug in Moose.
import {
  ConfigurationError,
  isMooseError,
  type MooseError,
  PermanentError,
  TransientError,
} from '../../domain/failure.ts';

/** Errors of the machine, wherever they occur: the system's code, our code, what happened, and what to do. */
const machineFailures: Readonly<Record<string, { code: string; message: string; advice: string }>> = {
  ENOSPC: {
    code: 'DISK_FULL',
    message: 'The disk is full',
    advice: 'Free some space on the disk that holds the data directory, then retry.',
  },
  EDQUOT: {
    code: 'DISK_FULL',
    message: 'The disk quota is used up',
    advice: 'Free some space, or raise the quota, then retry.',
  },
  EFBIG: {
    code: 'FILE_TOO_LARGE',
    message: 'A file is too large for this machine',
    advice: 'Raise the limit on the size of files (`ulimit -f`) of the process that runs Moose, then retry.',
  },
  EACCES: {
    code: 'FILE_NOT_ALLOWED',
    message: 'Permission to read or write a file is missing',
    advice: 'Fix its owner or permissions, then retry.',
  },
  EPERM: {
    code: 'FILE_NOT_ALLOWED',
    message: 'The machine does not permit the operation',
    advice: 'Fix the owner or the permissions, then retry.',
  },
  EROFS: {
    code: 'FILE_NOT_ALLOWED',
    message: 'The disk is read-only',
    advice: 'Mount it writable, then retry.',
  },
  EIO: {
    code: 'FILE_UNREADABLE',
    message: 'A disk or a terminal does not answer',
    advice: 'Check the disk, then retry.',
  },
  ENAMETOOLONG: {
    code: 'PATH_INVALID',
    message: 'A name is too long for a file',
    advice: 'Check the path that was given.',
  },
  ENOTDIR: {
    code: 'PATH_INVALID',
    message: 'A path leads through a file',
    advice: 'Check the path that was given.',
  },
  EISDIR: {
    code: 'PATH_INVALID',
    message: 'There is a directory in the place of a file',
    advice: 'Check the path that was given.',
  },
  ELOOP: {
    code: 'PATH_INVALID',
    message: 'A path leads through links that lead to each other',
    advice: 'Check the path that was given.',
  },
  EMFILE: {
    code: 'TOO_MANY_FILES',
    message: 'Too many files are open',
    advice: 'Raise the limit on open files (`ulimit -n`), or lower MOOSE_RUNS_MAX, then retry.',
  },
  ENFILE: {
    code: 'TOO_MANY_FILES',
    message: 'Too many files are open on this machine',
    advice: 'Raise its limit on open files, then retry.',
  },
  ENOMEM: {
    code: 'OUT_OF_MEMORY',
    message: 'The machine is out of memory',
    advice: 'Free some memory, or run fewer work orders at a time, then retry.',
  },
  EAGAIN: {
    code: 'OUT_OF_PROCESSES',
    message: 'The machine cannot start more processes',
    advice: 'Raise the limit on processes (`ulimit -u`), or run fewer work orders at a time, then retry.',
  },
};

/** Other work on the machine ends, and then there is enough again. */
const passing: readonly string[] = ['TOO_MANY_FILES', 'OUT_OF_PROCESSES', 'OUT_OF_MEMORY'];

/** Converts anything thrown into a MooseError; an unknown error counts as a bug in Moose. */
export function toMooseError(thrown: unknown, component: string, operation: string): MooseError {
  try {
    return isMooseError(thrown) ? thrown : named(thrown, component, operation);
  } catch {
    // Its getters throw, or it is a revoked proxy: nothing else of it can be kept.
    return named(`no message (an ${typeof thrown} whose fields cannot be read)`, component, operation);
  }
}

function named(thrown: unknown, component: string, operation: string): MooseError {
  const cause = thrown instanceof Error ? thrown : new Error(wordsOf(thrown));
  const code = 'code' in cause ? String(cause.code) : '';
  const machine = Object.hasOwn(machineFailures, code) ? machineFailures[code] : undefined;
  if (machine) {
    const Category = passing.includes(machine.code) ? TransientError : ConfigurationError;
    return new Category({
      ...machine,
      component,
      operation,
      message: `${machine.message} (${cause.message}).`,
      failureClass: 'unknown',
      type: 'resource',
      severity: 'high',
      cause,
    });
  }
  return new PermanentError({
    code: 'UNEXPECTED',
    component,
    operation,
    message: `Unexpected error: ${cause.message || cause.name}`,
    advice: 'See the error with `moose show` and report it; retrying is safe.',
    severity: 'high',
    failureClass: 'unknown',
    cause,
  });
}

/**
 * Anything can be thrown, even a value that cannot be converted to text: an object without a prototype, or one whose
 * `toString` throws.
 */
function wordsOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch (cause) {
    return `no message (${typeof thrown}: ${cause instanceof Error ? cause.name : typeof cause})`;
  }
}
