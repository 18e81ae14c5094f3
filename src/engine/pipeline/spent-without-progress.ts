// A work order that spends money without progress is parked until a person unparks it (R-PIPE-12). Pure.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { pipelineFailures } from './failure-catalogue.ts';

/** The failure that parks the work order; undefined if it may continue. */
export function spentWithoutProgress(
  order: WorkOrder,
  limits: EngineSettings['withoutProgress'],
): PermanentError | undefined {
  const agentRuns = order.agentRuns - order.agentRunsAtProgress;
  const modelCalls = order.modelCalls - order.modelCallsAtProgress;
  const costNanoUsd = order.costNanoUsd - order.costAtProgressNanoUsd;
  const isOver =
    agentRuns > limits.agentRunsMax ||
    modelCalls > limits.modelCallsMax ||
    costNanoUsd > limits.costNanoUsdMax;
  if (!isOver) return undefined;
  const id = shortId(order.id);
  return pipelineFailures.NO_PROGRESS(
    { operation: order.step ?? 'run', workOrderId: order.id },
    { cost: formatUsd(costNanoUsd), agentRuns, modelCalls, id },
  );
}
