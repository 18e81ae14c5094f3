// Turns lists of outcomes into two-dimensional tables. Pure.
import type { Learning } from '../../../../src/contract/contract.ts';

export type Outcome = Learning['by_model'][number];

/** Sorted by the lower bound of the rate, since three of three successes prove little. */
export const bestShownFirst = (outcomes: readonly Outcome[]) =>
  outcomes.toSorted((one, other) => other.low - one.low || other.attempts - one.attempts);

export interface Grid<Cell> {
  columns: string[];
  rows: Array<{ key: string; head: string[]; cells: Array<Cell | undefined> }>;
}

/** One row per model and agent, in the order of `by_model`; one column per complexity that occurs, easiest first. */
export function complexityGrid({ by_model, by_complexity }: Learning): Grid<Outcome> {
  const columns = [...new Set(by_complexity.map(({ subject }) => subject))];
  const cellOf = new Map(by_complexity.map((one) => [keyOf(one.subject, one.model, one.agent), one]));
  const rows = bestShownFirst(by_model).map(({ model, agent }) => ({
    key: keyOf(model, agent),
    head: [model, agent],
    cells: columns.map((band) => cellOf.get(keyOf(band, model, agent))),
  }));
  return { columns, rows };
}

type Failure = Learning['failures'][number];

/** One row per failure class, most frequent first; one column per model, sorted by name. */
export function failureGrid(failures: readonly Failure[]): Grid<Failure> {
  const columns = [...new Set(failures.map(({ model }) => model))].sort();
  const byClass = [...Map.groupBy(failures, ({ failure_class }) => failure_class)];
  const sumOf = (group: readonly Failure[]) => group.reduce((sum, { count }) => sum + count, 0);
  const rows = byClass
    .sort(([, one], [, other]) => sumOf(other) - sumOf(one))
    .map(([failureClass, group]) => ({
      key: failureClass,
      head: [failureClass],
      cells: columns.map((column) => group.find(({ model }) => model === column)),
    }));
  return { columns, rows };
}

const keyOf = (...parts: string[]) => JSON.stringify(parts);
