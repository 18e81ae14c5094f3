// What each work order of a plan is expected to cost. The estimates of a version stay as they were when it was first decided
// about, so that they can be compared with what it cost.
import type { Query } from '../../store/database.ts';
import { finishedCosts } from '../../store/figures/finished-costs.ts';
import { estimatesOf, keepEstimates } from '../../store/work/decided-plans.ts';
import type { SpecPlan } from '../../store/work/plannings.ts';
import type { PlanningSettings } from './architect-of.ts';
import { estimateOrders, type OrderEstimates } from './estimate-orders.ts';

/** By the keys of work orders. */
export type PlannedEstimates = ReadonlyMap<string, { lowNanoUsd: bigint; highNanoUsd: bigint }>;

export async function plannedEstimates(
  query: Query,
  planning: Pick<PlanningSettings, 'assessment'> | undefined,
  { specId, version, plan }: Pick<SpecPlan, 'specId' | 'version' | 'plan'>,
): Promise<OrderEstimates> {
  const kept = await estimatesOf(query, specId, version);
  if (kept.length > 0) return new Map(kept.map(({ planKey, ...estimate }) => [planKey, estimate]));
  const estimates = estimateOrders(plan, await finishedCosts(query), planning?.assessment);
  await keepEstimates(query, { specId, version }, estimates);
  return estimates;
}
