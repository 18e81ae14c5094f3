// The expected cost and success rate of an option: from runs after such a failure, else
// from all runs of the model; without any, no estimate. The folding is pure.
import { sql } from 'kysely';
import type { OptionKind } from '../../domain/escalation.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { RunSettings } from '../../domain/work-order.ts';
import type { Query } from '../../store/database.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import { isOfModel } from '../../store/figures/outcome-sums.ts';

/** A run that a person or a standing answer started after a failure. */
export interface PastRun {
  isSuccess: boolean;
  model: string | null;
  agent: string;
  settings: RunSettings;
  costNanoUsd: bigint;
}

export interface ModelRecord {
  model: string;
  runs: number;
  successes: number;
  meanCostNanoUsd: bigint;
}

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
  /** What one more run would cost with this model, by its price and what the work order used so far; null: nobody knows. */
  byPrice(model: string | undefined): bigint | null;
}

/** Older ones say little about today's models. */
const pastRunsMax = 500;

export async function pastRunsAfter(
  query: Query,
  failureClass: FailureClass,
  isScripted: boolean,
): Promise<PastRun[]> {
  const { rows } = await sql<PastRun>`
    select v.success as is_success, v.model, v.agent, r.settings,
      (select coalesce(sum(actual_nano_usd), 0)::bigint from cost_tracking c
        where c.run_id = v.run_id and c.type = 'actual') as cost_nano_usd
    from outcome_vectors v
    join runs r on r.id = v.run_id and r.kind = 'work' and r.number > 1
    join runs before on before.work_order_id = r.work_order_id and before.number = r.number - 1
    join outcome_vectors failed on failed.run_id = before.id and not failed.success
    where failed.failure_class = ${failureClass} and coalesce(v.fault, '') <> 'person'
      and coalesce((v.features ->> 'isScripted')::boolean, false) = ${isScripted}
    order by v.created_at desc limit ${pastRunsMax}`.execute(query);
  return rows;
}

export async function modelRecords(query: Query, models: readonly string[]): Promise<ModelRecord[]> {
  if (models.length === 0) return [];
  const { rows } = await sql<ModelRecord>`
    select v.model, count(*)::int as runs, (count(*) filter (where v.success))::int as successes,
      coalesce(avg((select coalesce(sum(actual_nano_usd), 0) from cost_tracking c
        where c.run_id = v.run_id and c.type = 'actual')), 0)::bigint as mean_cost_nano_usd
    from outcome_vectors v where v.model = any (${[...models]}) and ${isOfModel}
    group by v.model`.execute(query);
  return rows;
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

/** The mean of the Beta distribution that a uniform prior becomes (Laplace's rule of succession). */
function likely(successes: number, cases: number, chanceBasis: string) {
  return { chance: (successes + 1) / (cases + 2), chanceOf: cases, chanceBasis };
}

function isOfKind(run: PastRun, { kind, model, agent }: OptionDraft): boolean {
  if (kindOf(run.settings) !== kind) return false;
  if (kind === 'other_model') return run.settings.model === model;
  return kind !== 'other_agent' || run.settings.agent === agent;
}

/** The option that a person chose; for a plain `moose retry`, derived from its settings. */
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
