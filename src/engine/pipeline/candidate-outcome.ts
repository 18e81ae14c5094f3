// What a candidate that was not kept says about its model: what came of its own attempt, and not that another one was
// better.
import type { Query } from '../../store/database.ts';
import { candidateRow, groupById } from '../../store/work/candidates.ts';
import { requireWorkOrder, type WorkOrder } from '../../store/work/work-orders.ts';
import type { RunOutcome } from '../outcomes/record-outcome.ts';
import { faultOf } from '../questions/option-facts.ts';

export const cancelledOutcome: RunOutcome = {
  success: false,
  failureClass: null,
  errorContext: { cancelled: true },
  fault: 'person',
};

/** Null: it is no candidate, or was cancelled for another reason than the decision. */
export async function lostOutcome(
  query: Query,
  { id, step, settings: { candidate } }: WorkOrder,
): Promise<RunOutcome | null> {
  if (candidate === undefined) return null;
  const { decidedAt, kept } = await groupById(query, candidate.group);
  if (decidedAt === null || kept === id) return null;
  const { cancelRequestedAt, run } = await requireWorkOrder(query, id);
  if (cancelRequestedAt !== null && cancelRequestedAt < decidedAt) return null;
  const { result, facts, failure } = await candidateRow(query, id);
  if (result === 'passed' && step === 'creating_pr')
    return {
      success: true,
      judgedBy: facts?.is_verified ? 'checks' : 'nothing',
      failureClass: null,
      errorContext: null,
      fault: null,
    };
  if (failure?.run !== run) return cancelledOutcome;
  const { code, message, failureClass, category, metadata = {} } = failure;
  return {
    success: false,
    failureClass,
    errorContext: { code, message, step },
    fault: faultOf({ failure: { code, category, failureClass, metadata }, step }),
  };
}
