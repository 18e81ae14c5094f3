// Says which limit is exceeded, and what a person can do about it.

import type { MooseError, PermanentError } from '../../../domain/failure.ts';
import { formatUsd } from '../../../domain/money.ts';
import type { Query } from '../../../store/database.ts';
import { roomOf } from '../../../store/money/costs.ts';
import { limitsOf } from '../../../store/money/limits.ts';
import type { Work } from '../work.ts';
import { budgetFailures } from './failure-catalogue.ts';
import { commandFor, nameOfLimit } from './limit-words.ts';
import { awaitedLimit, leastAfter, leftOf, moneyAwaited, mostOf } from './money-awaited.ts';

export function budgetExceeded(
  work: Work,
  operation: string,
  message: string,
  advice: string,
  metadata: Record<string, unknown>,
) {
  return budgetFailures.BUDGET_EXCEEDED(
    { operation, workOrderId: work.order.id, metadata },
    { message, advice },
  );
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

export function limitsFor(query: Query, { order }: Work) {
  return limitsOf(query, { project_id: order.projectId, work_order_id: order.id });
}

/**
 * The error for a refused amount: work waits for the money of a limit that it shares; its own limit is named with the command
 * that changes it. `leastNanoUsd`: with less, the work cannot begin.
 */
export async function refusedBy(
  query: Query,
  work: Work,
  nanoUsd: bigint,
  leastNanoUsd: bigint,
): Promise<MooseError> {
  const frozen = await frozenFor(query, work);
  if (frozen) return frozen;
  const limits = await limitsFor(query, work);
  const awaited = awaitedLimit(limits, nanoUsd, leastNanoUsd);
  if (awaited) return moneyAwaited(query, work.order, awaited, nanoUsd);
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

/** A call or an agent was refused for lack of money. */
const refusedCodes = new Set(['BUDGET_EXCEEDED', 'AGENT_BUDGET', 'MODEL_BUDGET']);

/**
 * The failure of a step whose calls found no money, in the words of the limit that was the reason: the run waits for it if
 * it turns. The failure itself if the work order's own envelope was used up.
 */
export async function orRefusedByLimit(work: Work, failure: MooseError): Promise<MooseError> {
  const { database, run, signal } = work;
  const { reservationId } = run;
  if (!refusedCodes.has(failure.code) || reservationId === null) return failure;
  return database.run(async (query) => {
    const room = await roomOf(query, reservationId);
    const limits = await limitsFor(query, work);
    const [tightest] = limits
      .map((limit) => ({ limit, unspent: limit.limitNanoUsd - limit.spentNanoUsd }))
      .toSorted((a, b) => (a.unspent < b.unspent ? -1 : 1));
    if (!room || !tightest || limits.some(({ isFrozen }) => isFrozen)) return failure;
    if (tightest.unspent >= room.ceilingLeftNanoUsd) return failure;
    const leastNanoUsd = leastAfter(run, room);
    return refusedBy(query, work, mostOf(leftOf(tightest.limit) + 1n, leastNanoUsd), leastNanoUsd);
  }, signal);
}
