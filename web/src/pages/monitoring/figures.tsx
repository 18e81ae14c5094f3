// Key figures in one row: error rate, throughput, cost.
import type { ReactNode } from 'react';
import type { Range } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';
import { duration } from '../../parts/time.tsx';
import { useHealth, useTrends } from './queries.ts';
import { TrendMark } from './trend-mark.tsx';
import { count, hoursWords, many, percent } from './words.ts';

export function Figures({ range }: { range: Range }) {
  const { data: health } = useHealth();
  const { data: trends } = useTrends(range);
  const rate = health?.errorRate;
  const backlog = health?.escalationBacklog;
  const answered = backlog?.avg_resolution_time_hours;
  return (
    <section aria-label="At a glance">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3 xl:grid-cols-6">
        <Figure
          name="Errors, last hour"
          value={rate ? percent(rate.last_hour) : '…'}
          note={
            rate ? (
              <>
                {many(rate.errors_last_hour, 'error')} <TrendMark trend={rate.trend} />
              </>
            ) : null
          }
        />
        <Figure
          name="Errors, 24 hours"
          value={rate ? percent(rate.last_24h) : '…'}
          note={rate ? many(rate.errors_last_24h, 'error') : null}
        />
        <Figure
          name="Open questions"
          value={backlog ? count(backlog.open) : '…'}
          note={answered == null ? 'none answered yet' : `answered in ${hoursWords(answered)} on average`}
        />
        <Figure
          name={`Completed, last ${range}`}
          value={trends ? count(trends.totals.completed) : '…'}
          note={trends ? `${count(trends.totals.failed)} failed` : null}
        />
        <Figure
          name={`Spent, last ${range}`}
          value={trends ? usd(trends.totals.spent_usd) : '…'}
          note={
            trends ? `${usd(trends.totals.wasted_usd)} wasted, ${many(trends.totals.calls, 'call')}` : null
          }
        />
        <Figure
          name={`Recovered, last ${range}`}
          value={trends ? (trends.recovery.rate === null ? '–' : percent(trends.recovery.rate)) : '…'}
          note={
            trends?.recovery.mean_time_to_recover_ms == null
              ? 'no failures yet'
              : `in ${duration(trends.recovery.mean_time_to_recover_ms)} on average`
          }
        />
      </dl>
    </section>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note: ReactNode }) {
  return (
    <div className="flex flex-col bg-surface px-4 py-3">
      <dt className="text-[13px] text-quiet">{name}</dt>
      <dd className="text-lg font-semibold tabular-nums">{value}</dd>
      <dd className="text-[13px] text-quiet">{note ?? '\u00a0'}</dd>
    </div>
  );
}
