// The used share of what a work order may spend without a new verified fact (R-PIPE-12). Pure.
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';

type Spent = Pick<
  WorkOrder,
  | 'agentRuns'
  | 'agentRunsAtProgress'
  | 'modelCalls'
  | 'modelCallsAtProgress'
  | 'costNanoUsd'
  | 'costAtProgressNanoUsd'
>;

/** 1 at the limit at which it is parked. */
export function spentShareOf(order: Spent, limits: EngineSettings['withoutProgress']): number {
  return Math.max(
    (order.agentRuns - order.agentRunsAtProgress) / limits.agentRunsMax,
    (order.modelCalls - order.modelCallsAtProgress) / limits.modelCallsMax,
    Number(order.costNanoUsd - order.costAtProgressNanoUsd) / Number(limits.costNanoUsdMax),
  );
}
