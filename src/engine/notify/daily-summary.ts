// The summary of a day on request (R-ESC-6).

import type { PermanentError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { type DailySummary, readDailySummary } from '../../store/figures/daily-summary.ts';
import { notifyFailures } from './failure-catalogue.ts';

export type { DailySummary };

/** `day` defaults to today. @throws PermanentError `DAY_INVALID` */
export async function dailySummary(query: Query, day?: string): Promise<DailySummary> {
  if (day !== undefined && !isDay(day)) throw dayInvalid(day);
  return readDailySummary(query, day);
}

/** The day must exist in the calendar: 30 February does not. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function dayInvalid(day: string): PermanentError {
  return notifyFailures.DAY_INVALID('read', { day: day.slice(0, 40) });
}
