// A person accepts a change that is not verified: the results of its checks, what was found about it, and the name of the
// person stay on record.

import type { PermanentError } from '../../../domain/failure.ts';
import type { RunId } from '../../../domain/ids.ts';
import { shortId } from '../../../domain/ids.ts';
import type { VerifyingResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import { newestStepResults, resultIn, saveStepResult } from '../../../store/work/runs/runs.ts';
import { recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { retryIn, type SteeringDeps, walkTo } from '../start-run.ts';
import { answerFailures } from './failure-catalogue.ts';

/**
 * Starts a run at the pull request step. It keeps the failed verification, and adds the name of the person who accepted
 * it.
 */
export async function acceptChange(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  by: string,
): Promise<RunId> {
  const results = await newestStepResults(query, order.id);
  const verified = resultIn(results, 'verifying');
  const applied = resultIn(results, 'applying');
  if (!verified || verified.treeSha !== applied?.treeSha) throw notAsAsked(order);
  const isRed = verified.checks.some(({ passed }) => !passed);
  const { feedback: _, isUnfinished: __, ...rest } = verified;
  const accepted: VerifyingResult = { ...rest, acceptedBy: by };
  const walked = await walkTo(query, order, 'creating_pr', {
    changedBy: by,
    changedBecause: 'accepted as it is',
  });
  const start = { from: 'creating_pr', option: 'accept' } as const;
  const runId = await retryIn(query, deps, walked, start, by, { isAccepted: true });
  const owner = { workOrderId: order.id, runId, step: 'verifying', cycle: 0 } as const;
  await saveStepResult(query, { ...owner, result: accepted, startedAt: deps.clock.now() });
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'accepted',
    actor: by,
    reason: `accepted by ${by} ${isRed ? 'with failing checks' : 'although it is not verified'}`,
    detail: {
      treeSha: verified.treeSha,
      checks: verified.checks.map(({ command, passed }) => ({ command, passed })),
      ...(verified.findings ? { findings: verified.findings.map(({ text }) => text) } : {}),
    },
  });
  return runId;
}

function notAsAsked({ id }: WorkOrder): PermanentError {
  return answerFailures.CHANGE_NOT_VERIFIED('accept', { id: shortId(id) });
}
