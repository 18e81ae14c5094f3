// Every failure becomes a row before anything is decided about it (R-FAIL-6).
import { createHash } from 'node:crypto';
import { ConfigurationError, isMooseError, type MooseError, PermanentError } from '../../domain/failure.ts';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import { storableText, toJson } from '../../store/storable.ts';

/** What the machine refuses, wherever it is met: its own code → our code, what happened, what to do. */
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
    message: 'A file may not be read or written',
    advice: 'Mend its owner or its permissions, then retry.',
  },
  EPERM: {
    code: 'FILE_NOT_ALLOWED',
    message: 'The machine does not permit it',
    advice: 'Mend the owner or the permissions, then retry.',
  },
  EROFS: {
    code: 'FILE_NOT_ALLOWED',
    message: 'The disk is read-only',
    advice: 'Mount it so that it can be written to, then retry.',
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
    message: 'The machine starts no more processes',
    advice: 'Raise the limit on processes (`ulimit -u`), or run fewer work orders at a time, then retry.',
  },
};

/** Whatever was thrown, as an error with a name; a raw one is a defect of ours, and says so. */
export function toMooseError(thrown: unknown, component: string, operation: string): MooseError {
  if (isMooseError(thrown)) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = 'code' in cause ? String(cause.code) : '';
  const machine = Object.hasOwn(machineFailures, code) ? machineFailures[code] : undefined;
  if (machine) {
    return new ConfigurationError({
      ...machine,
      component,
      operation,
      message: `${machine.message} (${cause.message}).`,
      failureClass: 'unknown',
      severity: 'high',
      cause,
    });
  }
  return new PermanentError({
    code: 'UNEXPECTED',
    component,
    operation,
    message: `Something that should not happen did: ${cause.message || cause.name}`,
    advice: 'Look at the error with `moose show`, and report it; retrying is safe.',
    severity: 'high',
    failureClass: 'unknown',
    cause,
  });
}

/** The same for failures that differ by ids, numbers and paths alone, so that they count as one group. */
export function fingerprint(error: MooseError): string {
  // Paths first: what is in them may look like an id.
  const shape = error.message
    .replace(/(\/[\w.@~+-]+)+\/?/g, '/…')
    .replace(/[0-9a-f]{8,}(-[0-9a-f]+)*/gi, '#')
    .replace(/\d+/g, '#');
  return createHash('sha256').update(`${error.component} ${error.code} ${shape}`).digest('hex').slice(0, 16);
}

export async function recordFailure(
  query: Query,
  error: MooseError,
  context: { workOrderId: WorkOrderId; step: Step | null; attempt: number; strategy: string },
): Promise<void> {
  await query
    .insertInto('errorEvents')
    .values({
      id: newId(new Date()),
      errorType: error.code,
      severity: error.severity,
      component: error.component,
      operation: error.operation,
      errorMessage: storableText(error.message),
      stack: storableText((error.cause instanceof Error ? error.cause.stack : error.stack) ?? ''),
      failureClass: error.failureClass,
      category: error.category,
      workOrderId: context.workOrderId,
      step: context.step,
      attempt: context.attempt,
      fingerprint: fingerprint(error),
      recoveryStrategy: context.strategy,
      metadata: toJson({ ...error.metadata, advice: error.advice }),
    })
    .execute();
}
