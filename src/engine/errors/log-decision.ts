// Writes the decision log; a failed write never blocks the work (R-LRN-1).

import type { Query } from '../../store/database.ts';
import type { AlertFields } from '../../store/failures/alerts.ts';
import { type Decision, insertDecision } from '../../store/work/work-orders/decisions.ts';
import { errorFailures } from './failure-catalogue.ts';
import { raiseWith } from './raise-with.ts';
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

/** For an alert that is only shown; `raiseAndNotify` also tells the channels. */
export function raiseQuietly(query: Query, alert: AlertFields): Promise<{ id: string; isNew: boolean }> {
  return raiseWith(logDecision, query, alert);
}
