// How well questions are asked and answered (R-ESC-6): the backlog, and the times and shares of a span of days.
import type { Query } from '../../store/database.ts';
import { escalationFigures } from '../../store/figures/escalation-figures.ts';

export interface EscalationMeasures {
  /** Days that everything but the backlog is measured over. */
  days: number;
  open_backlog: number;
  /** Work orders that were submitted in the span, and those of them that a person was asked about; null: none was submitted. */
  escalation_rate: number | null;
  work_orders: number;
  asked: number;
  answered: number;
  /** By a standing answer or a default, without a person. */
  answered_by_itself: number;
  mean_time_to_resolve_ms: number | null;
  /** From the failure's own event to its question. */
  mean_time_to_detection_ms: number | null;
  /** From the question to its arrival at a channel. */
  mean_delivery_ms: number | null;
}

/** What the contract asks for (R-ESC-6). */
export const measureGoals = { escalationRate: 0.05, resolveMs: 30 * 60_000, detectionMs: 5_000 } as const;

const daysDefault = 30;

export async function escalationMeasures(query: Query, days = daysDefault): Promise<EscalationMeasures> {
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
  };
}
