// Writes a step's failure in the transaction that decides how to handle it (R-FAIL-6).
import type { MooseError } from '../../domain/failure.ts';
import { newId, type RunId, type SessionId, type WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import { insertErrorEvents } from '../../store/failures/error-events.ts';
import type { RecoveryAct } from '../policy/recovery-policy.ts';
import { errorRow } from './error-row.ts';
import { machineNow } from './machine-now.ts';

export interface FailureContext {
  workOrderId: WorkOrderId;
  runId?: RunId;
  sessionId?: SessionId;
  step: Step | null;
  attempt: number;
  /** What follows the failure. */
  strategy: RecoveryAct;
}

/** Returns the row's ID, for reporting the outcome later. */
export async function recordFailure(
  query: Query,
  error: MooseError,
  { step, ...context }: FailureContext,
): Promise<string> {
  const at = new Date();
  const id = newId<string>(at);
  const made = { id, at, machine: machineNow() };
  await insertErrorEvents(query, [errorRow(error, { ...context, ...(step ? { step } : {}) }, made)]);
  return id;
}
