// The stuck work orders, longest first, each with the reason and what would unblock it (R-PIPE-13, R-UI-3).

import type * as wire from '../../contract/contract.ts';
import type { Query } from '../../store/database.ts';
import { type OpenWork, openWork, type Traffic, trafficNow } from '../../store/work/runs/progress.ts';
import {
  isStuck,
  type PlaceLimits,
  type Standstill,
  type StuckLimits,
  standstillOf,
  type WhyStuck,
  whyStuck,
} from './stuck.ts';

export interface StuckWork extends WhyStuck, Standstill {
  work: OpenWork;
  /** False if the work order waits for an outage to end, which is not yet a reason for an alert. */
  isStuck: boolean;
}

/**
 * Returns work orders without progress for `shownMs` or longer, including those that wait for an outage, and those of
 * which nothing is known because their process does not respond.
 */
export async function findStuck(
  query: Query,
  limits: StuckLimits & PlaceLimits,
  now: Date,
): Promise<StuckWork[]> {
  const createdBefore = new Date(now.getTime() - limits.shownMs);
  const open = await openWork(query, createdBefore, now);
  const still = open
    .map((work) => ({ work, ...standstillOf(work, now) }))
    .filter(({ work, idleMs }) => idleMs >= limits.shownMs || work.silentSince !== null);
  if (still.length === 0) return [];
  const traffic: Traffic = await trafficNow(query);
  return still
    .map((one) => ({
      ...one,
      ...whyStuck(one.work, traffic, limits, now),
      isStuck: isStuck(one.work, one, limits),
    }))
    .sort((one, other) => other.idleMs - one.idleMs);
}

/** The shape of an entry in `GET /api/admin/health`. */
type StuckInHealth = wire.AdminHealth['stuckWorkOrders'][number];

/** @returns the stuck work orders, longest first; a pause for an outage does not count before a person is asked */
export async function stuckWorkOrders(
  query: Query,
  limits: StuckLimits & PlaceLimits,
  now: Date,
): Promise<StuckInHealth[]> {
  const found = await findStuck(query, limits, now);
  return found.filter((one) => one.isStuck).map(stuckWorkOrder);
}

export function stuckWorkOrder({ work, idleMs }: StuckWork): StuckInHealth {
  return {
    id: work.id,
    title: work.title,
    status: work.status,
    stuck_hours: Math.floor((idleMs / 3_600_000) * 10) / 10,
    updated_at: work.updatedAt.toISOString(),
  };
}

export function viewStuck(stuck: StuckWork): wire.StuckWorkOrder {
  const { work, lastProgress, why, unblock } = stuck;
  return {
    ...stuckWorkOrder(stuck),
    project: work.project,
    step: work.step,
    is_stuck: stuck.isStuck,
    last_progress: lastProgress?.what ?? null,
    last_progress_at: lastProgress?.at.toISOString() ?? null,
    why,
    unblock,
    escalated_at: work.escalatedAt?.toISOString() ?? null,
  };
}
