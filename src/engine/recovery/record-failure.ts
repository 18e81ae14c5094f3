// Every failure becomes a row before anything is decided about it (R-FAIL-6).
import { createHash } from 'node:crypto';
import { isMooseError, type MooseError, PermanentError } from '../../domain/failure.ts';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import { storableText, toJson } from '../../store/storable.ts';

/** Whatever was thrown, as an error with a name; a raw one is a defect of ours, and says so. */
export function toMooseError(thrown: unknown, component: string, operation: string): MooseError {
  if (isMooseError(thrown)) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
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
