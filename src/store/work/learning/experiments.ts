// Experiments: two policies that share a project's work orders by chance (R-LRN-5).
import { type Insertable, type Selectable, sql } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';
import { findsAny } from '../runs/due-jobs.ts';

export type PolicyExperiment = Selectable<Tables['policyExperiments']>;
export type ListedExperiment = PolicyExperiment & { project: string; learning: string | null };

const listedMax = 50;

/** False if the project has a running experiment. */
export async function addExperiment(
  query: Query,
  row: Insertable<Tables['policyExperiments']>,
): Promise<boolean> {
  const made = await query
    .insertInto('policyExperiments')
    .values(row)
    .onConflict((conflict) => conflict.column('projectId').where('state', '=', 'running').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export function runningExperiment(query: Query, projectId: ProjectId): Promise<PolicyExperiment | undefined> {
  return query
    .selectFrom('policyExperiments')
    .selectAll()
    .where('projectId', '=', projectId)
    .where('state', '=', 'running')
    .executeTakeFirst();
}

export function experimentById(query: Query, id: string): Promise<PolicyExperiment | undefined> {
  return query.selectFrom('policyExperiments').selectAll().where('id', '=', id).executeTakeFirst();
}

const withProject = (query: Query) =>
  query
    .selectFrom('policyExperiments')
    .innerJoin('projects', 'projects.id', 'policyExperiments.projectId')
    .selectAll('policyExperiments')
    .select([
      'projects.name as project',
      sql<string | null>`projects.settings ->> 'learning'`.as('learning'),
    ]);

/** Running ones first, then the newest. */
export function listExperiments(query: Query): Promise<ListedExperiment[]> {
  return withProject(query)
    .orderBy(sql`policy_experiments.state <> 'running'`)
    .orderBy('policyExperiments.createdAt', 'desc')
    .limit(listedMax)
    .execute();
}

/** Whether `runningExperiments` finds any. */
export const hasRunningExperiment = findsAny(sql`select from policy_experiments where state = 'running'`);

export function runningExperiments(query: Query): Promise<ListedExperiment[]> {
  return withProject(query).where('policyExperiments.state', '=', 'running').execute();
}

/** `given` is a whole ID, or its start or end; undefined if not exactly one matches. */
export async function findExperiment(query: Query, given: string): Promise<ListedExperiment | undefined> {
  const hex = given.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{4,32}$/.test(hex)) return undefined;
  const { rows } = await sql<{ id: string }>`select id from policy_experiments
    where replace(id::text, '-', '') like any (${[`${hex}%`, `%${hex}`]}) limit 2`.execute(query);
  const [one, another] = rows;
  if (!one || another) return undefined;
  return withProject(query).where('policyExperiments.id', '=', one.id).executeTakeFirst();
}

/** False if it had ended before: an experiment ends once. */
export async function endExperiment(
  query: Query,
  id: string,
  { state, by, result }: { state: 'decided' | 'capped' | 'stopped'; by: string; result: object },
): Promise<boolean> {
  const ended = await query
    .updateTable('policyExperiments')
    .set({ state, endedBy: by, endedAt: sql<Date>`clock_timestamp()`, result: toJson(result) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** What the work orders of an experiment have cost so far. */
export async function spentBy(query: Query, id: string): Promise<{ spentNanoUsd: bigint }> {
  const { rows } = await sql<{ spentNanoUsd: bigint }>`
    select coalesce(sum(w.cost_nano_usd), 0)::bigint as spent_nano_usd
    from decision_logs d join work_orders w on w.id = d.work_order_id
    where d.experiment_id = ${id} and d.try = 1 and d.side is not null`.execute(query);
  return rows[0] ?? { spentNanoUsd: 0n };
}

export interface AssignedOrder {
  side: 'a' | 'b';
  status: Status;
  costNanoUsd: bigint;
  /** At least one of its attempts counts for or against a model. */
  isJudged: boolean;
  success: boolean;
  /** Its policy chose to stop. */
  isStopped: boolean;
  /** Its policy could not choose, so the static rule did. */
  isLeftToStatic: boolean;
}

/** In the order of their assignment. */
export async function assignedOrders(query: Query, id: string): Promise<AssignedOrder[]> {
  const { rows } = await sql<AssignedOrder>`
    select d.side, w.status, w.cost_nano_usd,
      coalesce(bool_or(v.counts), false) as is_judged,
      coalesce(bool_or(v.counts and v.success), false) as success,
      exists (select from decision_logs s
        where s.work_order_id = d.work_order_id and s.try is not null and s.arm is null) as is_stopped,
      d.policy = 'static' and case d.side when 'a' then e.policy_a else e.policy_b end <> 'static' as is_left_to_static
    from decision_logs d
      join policy_experiments e on e.id = d.experiment_id
      join work_orders w on w.id = d.work_order_id
      left join outcome_vectors v on v.work_order_id = d.work_order_id and v.is_attempt
    where d.experiment_id = ${id} and d.try = 1 and d.side is not null
    group by d.id, w.id, e.id
    order by d.id`.execute(query);
  return rows;
}
