// Finds where a model fails more often than the others: each model against all others together, in each part of the work, and
// for each class of failure (R-LRN-3). Pure.
import type { FailureClass } from '../../domain/failure.ts';
import { cellsOf, type WorkCell } from '../../domain/work-order/work-cell.ts';
import type { AttemptCell } from '../../store/figures/attempt-cells.ts';
import { chanceOfGreater, falseDiscoveryRates } from './compare-shares.ts';
import { wilsonInterval } from './wilson.ts';

export interface FoundPattern {
  model: string;
  failureClass: FailureClass | null;
  cell: WorkCell;
  attempts: number;
  failures: number;
  low: number;
  high: number;
  otherAttempts: number;
  otherFailures: number;
  chance: number;
  corrected: number;
}

/** With fewer attempts, no conclusion is possible. */
const attemptsMin = 5;
/** The most attempted ones are kept; all comparisons count in the correction. */
const patternsMax = 2_000;

interface Counts {
  cell: WorkCell;
  /** By model, then by class of failure; '' is all attempts, 'any' all failures. */
  byModel: Map<string, Map<string, number>>;
}

/** The most certain first. */
export function findPatterns(attempts: readonly AttemptCell[]): FoundPattern[] {
  const compared = [...countCells(attempts).values()].flatMap(comparisonsIn);
  const corrected = falseDiscoveryRates(compared.map(({ chance }) => chance));
  return compared
    .map((each, index) => ({ ...each, corrected: corrected[index] ?? 1 }))
    .sort(
      (one, other) =>
        one.corrected - other.corrected || one.chance - other.chance || other.attempts - one.attempts,
    )
    .slice(0, patternsMax);
}

function countCells(attempts: readonly AttemptCell[]): Map<string, Counts> {
  const cells = new Map<string, Counts>();
  for (const each of attempts)
    for (const cell of cellsOf(each)) {
      const { band, kind, language, word } = cell;
      const key = JSON.stringify([band, kind, language, word]);
      const counts = cells.get(key) ?? { cell, byModel: new Map() };
      cells.set(key, counts);
      const ofModel = counts.byModel.get(each.model) ?? new Map<string, number>();
      counts.byModel.set(each.model, ofModel);
      const add = (name: string) => ofModel.set(name, (ofModel.get(name) ?? 0) + each.count);
      add('');
      if (!each.success) add('any');
      if (!each.success && each.failureClass !== null) add(each.failureClass);
    }
  return cells;
}

type Compared = Omit<FoundPattern, 'corrected'>;

function comparisonsIn({ cell, byModel }: Counts): Compared[] {
  const totals = new Map<string, number>();
  for (const ofModel of byModel.values())
    for (const [name, count] of ofModel) totals.set(name, (totals.get(name) ?? 0) + count);
  // Failure classes are compared in all work and in parts of one trait: more comparisons would weaken the correction.
  const names = Object.keys(cell).length > 1 ? ['any'] : [...totals.keys()].filter((name) => name !== '');
  return [...byModel].flatMap(([model, ofModel]) => {
    const attempts = ofModel.get('') ?? 0;
    const otherAttempts = (totals.get('') ?? 0) - attempts;
    if (attempts < attemptsMin || otherAttempts < attemptsMin) return [];
    return names.map((name): Compared => {
      const failures = ofModel.get(name) ?? 0;
      const otherFailures = (totals.get(name) ?? 0) - failures;
      return {
        model,
        cell,
        attempts,
        failures,
        otherAttempts,
        otherFailures,
        failureClass: name === 'any' ? null : (name as FailureClass),
        ...wilsonInterval(failures, attempts),
        chance: chanceOfGreater({ hits: failures, of: attempts }, { hits: otherFailures, of: otherAttempts }),
      };
    });
  });
}
