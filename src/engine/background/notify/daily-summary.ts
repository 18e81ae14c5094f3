// The summary of a day on request (R-ESC-6).

import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Query } from '../../../store/database.ts';
import { type DailySummary, readDailySummary } from '../../../store/figures/daily-summary.ts';
import { notifyFailures } from './failure-catalogue.ts';

/** `day` defaults to today. @throws PermanentError `DAY_INVALID` */
export async function dailySummary(query: Query, day?: string): Promise<wire.Summary> {
  if (day !== undefined && !isDay(day)) throw dayInvalid(day);
  return viewOf(await readDailySummary(query, day));
}

function viewOf(summary: DailySummary): wire.Summary {
  return {
    day: summary.day,
    time_zone: summary.timeZone,
    is_so_far: summary.isSoFar,
    submitted: summary.submitted,
    completed: summary.completed,
    failed: summary.failed,
    cancelled: summary.cancelled,
    completed_titles: summary.completedTitles,
    spent_usd: usdNumber(summary.spentNanoUsd),
    wasted_usd: usdNumber(summary.wastedNanoUsd),
    errors: summary.errors,
    recovered: summary.recovered,
    unrecovered: summary.unrecovered,
    escalated: summary.escalated,
    answered: summary.answered,
    open_escalations: summary.openEscalations,
    open_work_orders: summary.openWorkOrders,
    ready_to_merge: summary.readyToMerge,
    open_alerts: summary.openAlerts,
  };
}

/** The day must exist in the calendar: 30 February does not. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function dayInvalid(day: string): PermanentError {
  return notifyFailures.DAY_INVALID('read', { day: day.slice(0, 40) });
}
