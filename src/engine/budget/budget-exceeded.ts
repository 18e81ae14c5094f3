// Says which limit is exceeded, and what a person can do about it.
import { PermanentError } from '../../domain/failure.ts';
import { formatUsd } from '../../domain/money.ts';
import type { Query } from '../../store/database.ts';
import { limitsOf } from '../../store/money/limits.ts';
import type { Work } from '../run/work.ts';
import { commandFor, nameOfLimit } from './limit-words.ts';

export function budgetExceeded(
  work: Work,
  operation: string,
  message: string,
  advice: string,
  metadata: Record<string, unknown>,
) {
  return new PermanentError({
    code: 'BUDGET_EXCEEDED',
    component: 'budget',
    operation,
    workOrderId: work.order.id,
    message,
    advice,
    severity: 'high',
    failureClass: 'budget_exceeded',
    retryable: false,
    metadata,
  });
}

/** Null if no limit that applies to the work order is frozen. */
export async function frozenFor(query: Query, work: Work): Promise<PermanentError | null> {
  const limits = await limitsFor(query, work);
  const frozen = limits.filter(({ isFrozen }) => isFrozen).map(({ key }) => key);
  if (frozen.length === 0) return null;
  return budgetExceeded(
    work,
    'reserve',
    `Spending is frozen because a call cost more than was reserved for it (${frozen.join(', ')}).`,
    'Find the cause (`moose limits`), lift the freeze (`moose limits --thaw`), then `moose retry ID`.',
    { frozen },
  );
}

function limitsFor(query: Query, { order }: Work) {
  return limitsOf(query, { project_id: order.projectId, work_order_id: order.id });
}

/** The error for a refused amount: it names the limit and the command that changes it. */
export async function refusedBy(query: Query, work: Work, nanoUsd: bigint): Promise<PermanentError> {
  const frozen = await frozenFor(query, work);
  if (frozen) return frozen;
  const limits = await limitsFor(query, work);
  const full = limits.find(({ limitNanoUsd, usedNanoUsd }) => usedNanoUsd + nanoUsd > limitNanoUsd);
  const command = commandFor(full?.key ?? '', work.order.projectId);
  const amounts = full
    ? `${formatUsd(full.limitNanoUsd)}, of which ${formatUsd(full.usedNanoUsd)} is spent or reserved`
    : 'which was full a moment ago';
  return budgetExceeded(
    work,
    'reserve',
    `${formatUsd(nanoUsd)} for this work order exceeds what is left of ${nameOfLimit(full?.key ?? '')} (${amounts}).`,
    command !== null
      ? `Raise it (\`${command}\`) or wait; then \`moose retry ID\`.`
      : 'Raise it, or wait until reserved money is released; then `moose retry ID`.',
    {
      estimateNanoUsd: nanoUsd.toString(),
      limits: limits.map(({ key, limitNanoUsd, usedNanoUsd }) => [
        key,
        limitNanoUsd.toString(),
        usedNanoUsd.toString(),
      ]),
    },
  );
}
