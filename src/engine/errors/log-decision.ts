// Writes the decision log for the pipeline; a failed write never blocks the work (R-LRN-1).

import type { Query } from '../../store/database.ts';
import { type Decision, insertDecision } from '../../store/work/work-orders/decisions.ts';
import { errorFailures } from './failure-catalogue.ts';
import { writeInSavepoint } from './write-in-savepoint.ts';

/** Call this in the transaction of the decision. */
export async function logDecision(query: Query, decision: Decision): Promise<void> {
  await writeInSavepoint(query, () => insertDecision(query, decision), {
    failureOf: (refusal) =>
      errorFailures.DECISION_NOT_LOGGED(
        {
          operation: 'log decision',
          ...(decision.workOrderId === null ? {} : { workOrderId: decision.workOrderId }),
          metadata: { decision },
          cause: refusal,
        },
        { message: refusal.message },
      ),
  });
}
