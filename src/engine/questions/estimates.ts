// Estimates the cost and success rate of an option from runs after the same kind of failure, otherwise from all runs of
// the model; without history, there is no estimate. Combining the runs is pure.
import type { OptionKind } from '../../domain/escalation.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { RunSettings } from '../../domain/work-order.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import type { ModelRecord, PastRun } from '../../store/figures/past-runs.ts';

export interface Estimate {
  /** Null without history or a price. */
  costNanoUsd: bigint | null;
  chance: number | null;
  chanceOf: number;
  chanceBasis?: string;
}

export type Estimates = (option: OptionDraft) => Estimate;

export interface History {
  failureClass: FailureClass;
  /** Runs after a failure of this class, newest first. */
  after: readonly PastRun[];
  models: readonly ModelRecord[];
  /** The cost of one more run with this model, from its price and what the work order has used so far; null if unknown. */
  byPrice(model: string | undefined): bigint | null;
}

export function estimatesFrom(history: History): Estimates {
  return (option) => {
    const past = history.after.filter((run) => isOfKind(run, option));
    if (past.length > 0) {
      const spent = past.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
      const successes = past.filter(({ isSuccess }) => isSuccess).length;
      return {
        costNanoUsd: spent / BigInt(past.length),
        ...likely(successes, past.length, `${basisOf(option)} after a ${history.failureClass}`),
      };
    }
    const record = history.models.find(({ model }) => model === option.model);
    if (option.kind === 'other_model' && record) {
      const basis = `all runs of ${record.model}`;
      return { costNanoUsd: record.meanCostNanoUsd, ...likely(record.successes, record.runs, basis) };
    }
    return { costNanoUsd: history.byPrice(option.model), chance: null, chanceOf: 0 };
  };
}

/** The mean of the posterior Beta distribution for a uniform prior (Laplace's rule of succession). */
function likely(successes: number, cases: number, chanceBasis: string) {
  return { chance: (successes + 1) / (cases + 2), chanceOf: cases, chanceBasis };
}

function isOfKind(run: PastRun, { kind, model, agent }: OptionDraft): boolean {
  if (kindOf(run.settings) !== kind) return false;
  if (kind === 'other_model') return run.settings.model === model;
  return kind !== 'other_agent' || run.settings.agent === agent;
}

/** The option that a person chose; for a plain `moose retry`, it is derived from the settings of the run. */
function kindOf({ option, note, model, agent }: RunSettings): OptionKind {
  if (option) return option;
  if (note) return 'refine';
  if (model) return 'other_model';
  return agent ? 'other_agent' : 'retry';
}

function basisOf({ kind, model, agent }: OptionDraft): string {
  if (kind === 'other_model') return `runs of ${model}`;
  if (kind === 'other_agent') return `runs of ${agent}`;
  if (kind === 'refine') return 'runs with instructions';
  return kind === 'raise_limit' ? 'runs with a higher limit' : 'retries';
}
