// A human changes what may be spent; it holds from the next reservation on.
import { resolveAlert } from '../../store/alerts.ts';
import { type LimitUse, limitsOf, setLimit, thawLimits } from '../../store/limits.ts';
import { overrunKey } from '../budget/budget-jobs.ts';
import type { SteeringDeps } from './start-run.ts';

export interface LimitChange {
  dailyNanoUsd?: bigint;
  monthlyNanoUsd?: bigint;
  /** Lifts the freeze that follows a call which cost more than was set aside for it. */
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
