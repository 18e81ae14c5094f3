// Sends each channel a summary of the previous day, once a day.
import type { Database, Query } from '../../../store/database.ts';
import { isUntold } from '../../../store/failures/outbox.ts';
import { localNow } from '../../../store/figures/daily-summary.ts';
import { enqueueNotice } from '../../errors/outbox/enqueue-notice.ts';
import type { PeriodicJob } from '../jobs/periodic-jobs.ts';
import { dailySummary } from './daily-summary.ts';
import { summaryNotice } from './summary-notice.ts';

const everyMs = 5 * 60_000;
/** In local time: people read the summary when they start work. A Moose that is asleep then sends it later. */
const sendFromHour = 7;
const kind = 'summary.daily';

export function dailySummaryJob({ database }: { database: Database }): PeriodicJob {
  return { name: 'daily-summary', everyMs, run: (signal) => database.transaction(sendSummary, signal) };
}

async function sendSummary(query: Query): Promise<void> {
  const { hour, yesterday, hasHistory } = await localNow(query);
  if (hour < sendFromHour || !hasHistory) return;
  if (!(await isUntold(query, `${kind}:${yesterday}`))) return;
  const summary = await dailySummary(query, yesterday);
  await enqueueNotice(query, { kind, subjectId: yesterday, payload: summaryNotice(summary) });
}
