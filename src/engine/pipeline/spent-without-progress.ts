// A work order that spends money without progress is parked until a person unparks it (R-PIPE-12). Pure.
import { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';

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
  return new PermanentError({
    code: 'NO_PROGRESS',
    component: 'pipeline',
    operation: order.step ?? 'run',
    workOrderId: order.id,
    message: `This work order used ${formatUsd(costNanoUsd)}, ${agentRuns} agent runs and ${modelCalls} model calls without any new verified fact, so Moose parked it.`,
    advice: `See \`moose show ${id}\`; \`moose retry ${id} --note "…"\` continues it.`,
    severity: 'high',
    failureClass: 'orchestration_error',
  });
}
