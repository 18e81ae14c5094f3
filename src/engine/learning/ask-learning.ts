// Outcomes of attempts, by model and kind of work (R-LRN-3).
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { complexityBands } from '../../store/figures/outcome-sums.ts';
import { countOutcomes, type OutcomeCount } from '../../store/figures/outcomes.ts';
import { rangeMs } from '../views/trends.ts';
import { estimatesAgainstActual } from './estimates-against-actual.ts';
import { wilsonInterval } from './wilson.ts';

export function askLearning({ database, clock }: { database: Database; clock: Clock }) {
  return {
    /** How accurate the estimates of planned work orders are. */
    estimates: (signal?: AbortSignal): Promise<wire.EstimatesAgainstActual> =>
      estimatesAgainstActual(database, signal),
    learning: async (range: wire.Range, signal?: AbortSignal): Promise<wire.Learning> => {
      const until = clock.now();
      const since = new Date(until.getTime() - rangeMs[range]);
      return learningOf(range, await database.run((query) => countOutcomes(query, since, until), signal));
    },
  };
}

export function learningOf(range: wire.Range, counts: readonly OutcomeCount[]): wire.Learning {
  return {
    range,
    attempts: attemptsOf(counts),
    by_model: grouped(counts, ({ model, agent }) => [model, agent]).map((group) => outcomeOf(group, 'all')),
    by_complexity: complexityBands.flatMap((band) =>
      grouped(
        counts.filter((count) => count.band === band),
        ({ model, agent }) => [model, agent],
      ).map((group) => outcomeOf(group, band)),
    ),
    failures: failuresOf(counts),
    cycles: grouped(counts, ({ cycles }) => [cycles])
      .map((group) => ({
        cycles: group[0].cycles,
        attempts: attemptsOf(group),
        successes: attemptsOf(group.filter(({ success }) => success)),
      }))
      .sort((one, other) => one.cycles - other.cycles),
  };
}

type Group = [OutcomeCount, ...OutcomeCount[]];

function grouped(counts: readonly OutcomeCount[], by: (count: OutcomeCount) => unknown[]): Group[] {
  return [...Map.groupBy(counts, (count) => JSON.stringify(by(count))).values()] as Group[];
}

function attemptsOf(counts: readonly OutcomeCount[]): number {
  return counts.reduce((sum, { attempts }) => sum + attempts, 0);
}

function outcomeOf(group: Group, subject: string): wire.Outcome {
  const [{ model, agent }] = group;
  const attempts = attemptsOf(group);
  const successes = attemptsOf(group.filter(({ success }) => success));
  const { low, high } = wilsonInterval(successes, attempts);
  const costNanoUsd = group.reduce((sum, each) => sum + each.costNanoUsd, 0n);
  return {
    model,
    agent,
    subject,
    attempts,
    successes,
    low,
    high,
    rate: successes / attempts,
    mean_cost_usd: usdNumber(costNanoUsd) / attempts,
    mean_duration_ms: Math.round(group.reduce((sum, each) => sum + each.durationMs, 0) / attempts),
    mean_cycles: group.reduce((sum, each) => sum + each.cycles * each.attempts, 0) / attempts,
  };
}

function failuresOf(counts: readonly OutcomeCount[]): wire.Learning['failures'] {
  const ofModel = (model: string) => attemptsOf(counts.filter((count) => count.model === model));
  const failed = counts.filter(({ success }) => !success);
  return grouped(failed, ({ model, failureClass }) => [model, failureClass])
    .map((group) => {
      const [{ model, failureClass }] = group;
      const count = attemptsOf(group);
      return { model, failure_class: failureClass ?? 'unknown', count, share: count / ofModel(model) };
    })
    .sort((one, other) => other.count - one.count);
}
