// Ends a request to plan a spec, with its account: the undrawn money is released.
import type { Query } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import { cancelReservation } from '../../store/money/costs.ts';
import { endPlanning, holdPlanning, type PlanningFailure } from '../../store/work/plans/plannings.ts';
import { raiseAndNotify } from '../background/notify/raise-and-notify.ts';

export type PlanningEnd = { state: 'planned' | 'cancelled' } | { state: 'failed'; failure: PlanningFailure };

/** The key of the alert that no plan of this spec is valid. */
export const planningAlert = (specId: string) => `planning:${specId}`;

/** Call this in a transaction. Returns false if the request had already ended. */
export async function closePlanning(query: Query, id: string, how: PlanningEnd): Promise<boolean> {
  const held = await holdPlanning(query, id);
  if (!held || !(await endPlanning(query, id, how))) return false;
  if (held.reservationId) await cancelReservation(query, held.reservationId);
  const key = planningAlert(held.specId);
  if (how.state !== 'failed') await resolveAlert(query, key, 'moose');
  else
    await raiseAndNotify(
      query,
      {
        key,
        severity: 'medium',
        component: 'specs',
        operation: 'plan',
        code: how.failure.code,
        message: `A spec could not be planned: ${how.failure.message}`,
        metadata: { specId: held.specId, advice: how.failure.advice },
      },
      how.failure.advice ?? '',
    );
  return true;
}
