// Measures how well questions are asked and answered (R-ESC-6): the backlog, and times and rates over a number of days.
import type { MeasuredEscalations } from '../../contract/contract.ts';
import type { Query } from '../../store/database.ts';
import { escalationFigures } from '../../store/figures/escalation-figures.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';

const daysDefault = 30;

export async function escalationMeasures(
  query: Query,
  targets: EngineSettings['targets'],
  days = daysDefault,
): Promise<MeasuredEscalations> {
  const figures = await escalationFigures(query, days);
  const { workOrders, escalated } = figures;
  const whole = (mean: number | null) => (mean === null ? null : Math.round(mean));
  return {
    days,
    open_backlog: figures.openBacklog,
    escalation_rate: workOrders === 0 ? null : escalated / workOrders,
    work_orders: workOrders,
    asked: figures.asked,
    answered: figures.answered,
    answered_by_itself: figures.answeredByItself,
    mean_time_to_resolve_ms: whole(figures.meanTimeToResolveMs),
    mean_time_to_detection_ms: whole(figures.meanTimeToDetectionMs),
    mean_delivery_ms: whole(figures.meanDeliveryMs),
    goals: {
      open_backlog: targets.questionsOpen,
      escalation_rate: targets.questionShare,
      mean_time_to_resolve_ms: targets.answerMs,
      mean_time_to_detection_ms: targets.detectionMs,
      mean_delivery_ms: targets.deliveryMs,
    },
  };
}
