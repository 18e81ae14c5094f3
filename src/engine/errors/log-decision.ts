// Writes the decision log for the pipeline; a failed write never blocks the work (R-LRN-1).
import { PermanentError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { type Decision, insertDecision } from '../../store/work/decisions.ts';
import { writeInSavepoint } from './write-in-savepoint.ts';

/** Call this in the transaction of the decision. */
export async function logDecision(query: Query, decision: Decision): Promise<void> {
  await writeInSavepoint(query, () => insertDecision(query, decision), {
    failureOf: (refusal) =>
      new PermanentError({
        code: 'DECISION_NOT_LOGGED',
        component: 'learning',
        operation: 'log decision',
        message: `Could not write a decision to the decision log: ${refusal.message}`,
        advice:
          'Check for a trigger, a constraint or a missing privilege on the table decision_logs; the work continues without the entry.',
        ...(decision.workOrderId === null ? {} : { workOrderId: decision.workOrderId }),
        severity: 'high',
        metadata: { decision },
        cause: refusal,
      }),
  });
}
