// A person changes the limits on money; the change applies from the next reservation on.

import { PermanentError } from '../../domain/failure.ts';
import { isHuman } from '../../domain/person.ts';
import type { Query } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import { type LimitUse, limitsOf, type SystemLimit, setLimit, thawLimits } from '../../store/money/limits.ts';
import { overrunKey } from '../budget/budget-jobs.ts';
import type { SteeringDeps } from './start-run.ts';

export interface LimitChange {
  dailyNanoUsd?: bigint;
  monthlyNanoUsd?: bigint;
  /** Lifts the freeze that follows a call which cost more than its reservation. */
  thaws?: boolean;
}

export function changeLimits(
  { database }: SteeringDeps,
  { dailyNanoUsd, monthlyNanoUsd, thaws = false }: LimitChange,
  actor: string,
): Promise<LimitUse[]> {
  return database.transaction(async (query) => {
    if (dailyNanoUsd !== undefined) await setLimit(query, 'daily', dailyNanoUsd, actor);
    if (monthlyNanoUsd !== undefined) await setLimit(query, 'monthly', monthlyNanoUsd, actor);
    if (thaws) {
      await thawLimits(query);
      await resolveAlert(query, overrunKey, actor);
    }
    return limitsOf(query);
  });
}

/**
 * Raises a limit of the whole system; a limit that is already this high stays.
 * @throws PermanentError `LIMIT_NOT_YOURS` if the actor is not a person
 */
export async function raiseSystemLimit(
  query: Query,
  limit: SystemLimit,
  nanoUsd: bigint,
  actor: string,
): Promise<void> {
  if (!isHuman(actor)) {
    throw new PermanentError({
      code: 'LIMIT_NOT_YOURS',
      component: 'steering',
      operation: 'raise limit',
      message: `Only a person can raise the ${limit} limit.`,
      advice: `Raise it yourself: \`moose limits --${limit} USD\`.`,
    });
  }
  const prefix = limit === 'daily' ? 'day:' : 'month:';
  const now = (await limitsOf(query)).find(({ key }) => key.startsWith(prefix));
  if (now === undefined || now.limitNanoUsd < nanoUsd) await setLimit(query, limit, nanoUsd, actor);
}
