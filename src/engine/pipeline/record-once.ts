import type { MooseError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import { recordFailure } from '../errors/record-failure.ts';
import type { RecoveryAct } from '../policy/recovery-policy.ts';
import type { Work } from '../run/work.ts';

/** Records the failure that ends a step, unless it already has a row. */
export async function recordOnce(
  query: Query,
  { order, run }: Work,
  step: Step,
  failure: MooseError,
  strategy: RecoveryAct,
): Promise<void> {
  if (failure.isRecorded) return;
  const attempt = run.stepAttempt + run.pauses + 1;
  await recordFailure(query, failure, { workOrderId: order.id, runId: run.id, step, attempt, strategy });
}
