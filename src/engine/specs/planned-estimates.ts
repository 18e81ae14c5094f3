// What each work order of a plan is expected to cost: by earlier work orders if there are enough, else by the routing policy.
import type { Plan } from '../../domain/plan/plan.ts';
import type { Query } from '../../store/database.ts';
import { costQuartiles } from '../../store/work/specs.ts';
import { assess } from '../policy/assess.ts';
import type { PlanningSettings } from './architect-of.ts';
import { historyMin } from './estimate-spec.ts';
import { plannedAcceptance, plannedDescription } from './planned-text.ts';

/** By the keys of work orders. */
export type PlannedEstimates = ReadonlyMap<string, { lowNanoUsd: bigint; highNanoUsd: bigint }>;

export async function plannedEstimates(
  query: Query,
  planning: PlanningSettings | undefined,
  plan: Plan,
): Promise<PlannedEstimates> {
  const { completed, lowNanoUsd, highNanoUsd } = await costQuartiles(query);
  const keys = plan.work_orders.map(({ key }) => key);
  if (completed >= historyMin) return new Map(keys.map((key) => [key, { lowNanoUsd, highNanoUsd }]));
  if (!planning) return new Map();
  return new Map(
    plan.work_orders.map((order) => {
      const { estimateNanoUsd } = assess({
        ...{ title: order.title, description: plannedDescription(plan, order) },
        ...{ acceptance: plannedAcceptance(order), files: { pathCount: 0 } },
        ...{ planned: order.complexity, policy: planning.assessment },
      });
      return [order.key, { lowNanoUsd: estimateNanoUsd, highNanoUsd: estimateNanoUsd }];
    }),
  );
}
