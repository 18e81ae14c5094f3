// The data for the charts of Monitoring. Empty periods are omitted; the charts fill them in.
import type * as wire from '../../contract/contract.ts';
import type { FailureClass } from '../../domain/failure.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { rollUpDays } from '../../store/figures/roll-up-days.ts';
import {
  countUnsummedDays,
  type ErrorRow,
  errorsByTime,
  type QuestionsRow,
  questionsByTime,
  type SpendRow,
  spendByTime,
  type ThroughputRow,
  type TrendSpan,
  throughputByTime,
} from '../../store/figures/trends-by-time.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const rangeMs = {
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '90d': 90 * dayMs,
} as const satisfies Record<wire.Range, number>;
const bucketMsOf: Readonly<Record<wire.Range, number>> = {
  '24h': hourMs,
  '7d': 6 * hourMs,
  '30d': dayMs,
  '90d': 3 * dayMs,
};

export function askTrends({ database, clock }: { database: Database; clock: Clock }) {
  return {
    trends: async (range: wire.Range, signal?: AbortSignal): Promise<wire.Trends> => {
      const bucketMs = bucketMsOf[range];
      const until = clock.now();
      const since = new Date(Math.floor((until.getTime() - rangeMs[range]) / bucketMs) * bucketMs);
      const span = { since, until, bucketMs };
      await sumUpWhereMuchIsMissing(database, span, signal);
      const [spend, errors, throughput, questions] = await Promise.all([
        database.run((query) => spendByTime(query, span), signal),
        database.run((query) => errorsByTime(query, span), signal),
        database.run((query) => throughputByTime(query, span), signal),
        database.run((query) => questionsByTime(query, span), signal),
      ]);
      return {
        range,
        since: since.toISOString(),
        until: until.toISOString(),
        bucket_ms: bucketMs,
        spend: spend.map(spendOf),
        errors: errorsOf(errors),
        throughput: throughput.map(({ at, ...counts }) => ({ at: at.toISOString(), ...counts })),
        questions: questions.map(questionsOf),
        totals: totalsOf(spend, errors, throughput),
        recovery: recoveryOf(errors),
      };
    },
  };
}

/** Up to this many unsummed days are read just as quickly row by row. */
const unsummedDaysMax = 6;

/** If no running Moose would sum up the days, or if much was just added, the first reader does it for all later readers. */
async function sumUpWhereMuchIsMissing(
  database: Database,
  span: TrendSpan,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (span.bucketMs < dayMs) return;
  const missing = await database.run((query) => countUnsummedDays(query, span), signal);
  if (missing > unsummedDaysMax) await rollUpDays(database, signal);
}

function spendOf({
  at,
  model,
  project,
  nanoUsd,
  wastedNanoUsd,
  calls,
}: SpendRow): wire.Trends['spend'][number] {
  return {
    at: at.toISOString(),
    model,
    project,
    calls,
    usd: usdNumber(nanoUsd),
    wasted_usd: usdNumber(wastedNanoUsd),
  };
}

function questionsOf({
  at,
  answerMs,
  deliveryMs,
  ...counts
}: QuestionsRow): wire.Trends['questions'][number] {
  const whole = (ms: number | null) => (ms === null ? null : Math.round(ms));
  return { at: at.toISOString(), ...counts, answer_ms: whole(answerMs), delivery_ms: whole(deliveryMs) };
}

/** Combines all strategies. */
function errorsOf(rows: readonly ErrorRow[]): wire.Trends['errors'] {
  const groups = Map.groupBy(rows, ({ at, failureClass }) => `${at.toISOString()} ${failureClass}`);
  return [...groups].map(([key, group]) => {
    const [at = '', failureClass] = key.split(' ');
    return {
      at,
      failure_class: failureClass as FailureClass,
      count: sumOf(group, 'errors'),
      recovered: sumOf(group, 'recovered'),
    };
  });
}

function totalsOf(
  spend: readonly SpendRow[],
  errors: readonly ErrorRow[],
  throughput: readonly ThroughputRow[],
): wire.Trends['totals'] {
  const usd = (name: 'nanoUsd' | 'presumedNanoUsd' | 'wastedNanoUsd') =>
    usdNumber(spend.reduce((sum, row) => sum + row[name], 0n));
  return {
    spent_usd: usd('nanoUsd'),
    presumed_usd: usd('presumedNanoUsd'),
    wasted_usd: usd('wastedNanoUsd'),
    calls: sumOf(spend, 'calls'),
    errors: sumOf(errors, 'errors'),
    completed: sumOf(throughput, 'completed'),
    failed: sumOf(throughput, 'failed'),
  };
}

function recoveryOf(rows: readonly ErrorRow[]): wire.Trends['recovery'] {
  const recovered = sumOf(rows, 'recovered');
  const failures = recovered + sumOf(rows, 'unrecovered');
  const tried = Map.groupBy(
    rows.filter(({ strategy, ...row }) => strategy !== '' && row.recovered + row.unrecovered > 0),
    ({ strategy }) => strategy,
  );
  const byStrategy = [...tried].map(([strategy, group]) => ({
    strategy,
    tried: sumOf(group, 'recovered') + sumOf(group, 'unrecovered'),
    recovered: sumOf(group, 'recovered'),
  }));
  return {
    failures,
    recovered,
    rate: failures === 0 ? null : recovered / failures,
    mean_time_to_recover_ms: recovered === 0 ? null : Math.round(sumOf(rows, 'recoveryMs') / recovered),
    by_strategy: byStrategy.sort((one, other) => other.tried - one.tried),
  };
}

function sumOf<Name extends string>(rows: ReadonlyArray<Record<Name, number>>, name: Name): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}
