// Converts anything thrown into a MooseError (R-FAIL-1): system errors are known, and the rest is a bug in Moose.
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { failuresIn } from '../../stdx/async/several-failures.ts';
import { errorFailures } from './failure-catalogue.ts';

/** Errors of the machine, wherever they occur: the system's code, and the error. */
const machineFailures = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL_BY_QUOTA',
  EFBIG: 'FILE_TOO_LARGE',
  EACCES: 'FILE_NOT_ALLOWED',
  EPERM: 'FILE_NOT_ALLOWED_BY_MACHINE',
  EROFS: 'DISK_READ_ONLY',
  EIO: 'DISK_FAILS',
  // What the kernel says of a file system that found itself damaged, and of one that it has shut down.
  EUCLEAN: 'DISK_FAILS',
  ESHUTDOWN: 'DISK_FAILS',
  ENAMETOOLONG: 'PATH_INVALID',
  ENOTDIR: 'PATH_INVALID_THROUGH_FILE',
  EISDIR: 'PATH_INVALID_DIRECTORY',
  ELOOP: 'PATH_INVALID_LOOP',
  EMFILE: 'TOO_MANY_FILES',
  ENFILE: 'TOO_MANY_FILES_ON_MACHINE',
  ENOMEM: 'OUT_OF_MEMORY',
  EAGAIN: 'OUT_OF_PROCESSES',
} as const satisfies Record<string, keyof typeof errorFailures>;

const isOfMachine = (code: string): code is keyof typeof machineFailures =>
  Object.hasOwn(machineFailures, code);

/** Converts anything thrown into a MooseError, of several failures the first; an unknown error counts as a bug in Moose. */
export function toMooseError(thrown: unknown, component: string, operation: string): MooseError {
  try {
    const [first] = failuresIn(thrown);
    return isMooseError(first) ? first : named(first, component, operation);
  } catch {
    // Its getters throw, or it is a revoked proxy: nothing else of it can be kept.
    return named(`no message (an ${typeof thrown} whose fields cannot be read)`, component, operation);
  }
}

function named(thrown: unknown, component: string, operation: string): MooseError {
  const cause = thrown instanceof Error ? thrown : new Error(wordsOf(thrown));
  const code = 'code' in cause ? String(cause.code) : '';
  const facts = { happenedIn: component, operation, cause };
  if (isOfMachine(code)) return errorFailures[machineFailures[code]](facts, { message: cause.message });
  return errorFailures.UNEXPECTED(facts, { message: cause.message || cause.name });
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
