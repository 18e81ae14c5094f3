// The costs and outcomes of past runs: those that were started after a failure, and all runs of a model.
import { sql } from 'kysely';
import type { FailureClass } from '../../domain/failure.ts';
import type { RunSettings } from '../../domain/work-order/work-order.ts';
import type { Query } from '../database.ts';
import { isOfModel, ownCost } from './outcome-sums.ts';

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

/** Older runs say little about today's models. */
const pastRunsMax = 500;

export async function pastRunsAfter(
  query: Query,
  failureClass: FailureClass,
  isScripted: boolean,
): Promise<PastRun[]> {
  const { rows } = await sql<PastRun>`
    select v.success as is_success, v.model, v.agent, r.settings,
      (select coalesce(sum(actual_nano_usd), 0)::bigint from cost_tracking c
        where c.work_order_id = v.work_order_id and c.run_id = v.run_id and c.type = 'actual') as cost_nano_usd
    from outcome_vectors v
    join runs r on r.id = v.run_id and r.kind = 'work' and r.number > 1
    join runs before on before.work_order_id = r.work_order_id and before.number = r.number - 1
    -- The last try of each run says how it ended.
    join lateral (select * from outcome_vectors f where f.run_id = before.id order by f.try desc limit 1) failed
      on not failed.success
    where failed.failure_class = ${failureClass} and coalesce(v.fault, '') <> 'person'
      and coalesce((v.features ->> 'isScripted')::boolean, false) = ${isScripted}
      and not exists (select 1 from outcome_vectors later where later.run_id = v.run_id and later.try > v.try)
    order by v.created_at desc limit ${pastRunsMax}`.execute(query);
  return rows;
}

/** Of the runs with this agent: with another one, a model does otherwise. */
export async function modelRecords(
  query: Query,
  models: readonly string[],
  agent: string | null,
): Promise<ModelRecord[]> {
  if (models.length === 0) return [];
  const { rows } = await sql<ModelRecord>`
    select v.model, count(*)::int as runs, (count(*) filter (where v.success))::int as successes,
      coalesce(avg(own.nano_usd), 0)::bigint as mean_cost_nano_usd
    from outcome_vectors v, ${ownCost} where v.model = any (${[...models]}) and v.agent = ${agent} and ${isOfModel}
    group by v.model`.execute(query);
  return rows;
}
