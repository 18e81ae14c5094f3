// Plans that the Director decides about, its decisions, and the estimates that they were based on.

import { type Selectable, sql } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { ringJob } from '../../live/listen.ts';
import type { Tables } from '../../schema/tables.ts';
import { type Due, findsAny } from '../runs/due-jobs.ts';
import type { Planning } from './plannings.ts';

/** The requests whose plan is to be run and has no decision yet. */
/** Whether the Director has to decide about a plan, or a question of this code is stale. */
export const hasUndecided = (code: string): Due =>
  sql<boolean>`(${findsAny(sql`select from plannings
    where state = 'planned' and run_for is not null and decided_at is null`)} or ${findsAny(staleOf(code))})`;

export async function undecidedPlannings(query: Query, limit: number): Promise<string[]> {
  const rows = await query
    .selectFrom('plannings')
    .select('id')
    .where('state', '=', 'planned')
    .where('runFor', 'is not', null)
    .where('decidedAt', 'is', null)
    .orderBy('askedAt')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Locks the request; undefined if a decision exists. */
export function holdUndecided(query: Query, id: string): Promise<Planning | undefined> {
  return query
    .selectFrom('plannings')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'planned')
    .where('decidedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** The version is approved once its work orders exist: if the process dies before that, the next one approves it. */
export async function markApproving(query: Query, id: string, version: number): Promise<void> {
  await query.updateTable('plannings').set({ approvingVersion: version }).where('id', '=', id).execute();
}

export async function markDecided(query: Query, id: string): Promise<void> {
  await query
    .updateTable('plannings')
    .set({ decidedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
}

/** Nobody wants the plans of a removed project to run any more; whoever adds it again can ask again. */
export async function forgetRunRequests(query: Query, projectId: ProjectId): Promise<void> {
  await query
    .updateTable('plannings')
    .set({ runFor: null })
    .where('projectId', '=', projectId)
    .where('state', '=', 'planned')
    .execute();
}

export type KeptEstimate = Selectable<Tables['workOrderEstimates']>;

/** The estimates of a version stay as they were at the first decision about it. */
export async function keepEstimates(
  query: Query,
  of: { specId: string; version: number },
  estimates: ReadonlyMap<string, Omit<KeptEstimate, 'specId' | 'version' | 'planKey' | 'createdAt'>>,
): Promise<void> {
  const rows = Array.from(estimates, ([planKey, estimate]) => ({ ...of, planKey, ...estimate }));
  if (rows.length === 0) return;
  await query
    .insertInto('workOrderEstimates')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export function estimatesOf(query: Query, specId: string, version: number): Promise<KeptEstimate[]> {
  return query
    .selectFrom('workOrderEstimates')
    .selectAll()
    .where('specId', '=', specId)
    .where('version', '=', version)
    .orderBy('planKey')
    .execute();
}

/** The Director's decisions about a spec, newest first. */
export function directorDecisions(query: Query, specId: string, limit: number) {
  return query
    .selectFrom('decisionLogs')
    .select(['id', 'inputContext', 'decisionOutput', 'createdAt'])
    .where('agentType', '=', 'director')
    .where(sql<string>`input_context ->> 'spec_id'`, '=', specId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Whether the Director has asked a person about a version of its plan. */
export async function wasAskedAbout(query: Query, specId: string): Promise<boolean> {
  const { rows } = await sql`select from decision_logs where agent_type = 'director'
    and input_context ->> 'spec_id' = ${specId} and decision_output ->> 'decision' = 'ask' limit 1`.execute(
    query,
  );
  return rows.length > 0;
}

/** Reopens the newest request of a spec for a decision, if its plan is to be run and nobody has approved it. */
export async function decideAgain(query: Query, specId: string): Promise<void> {
  await sql`update plannings p set decided_at = null
    where p.id = (select id from plannings where spec_id = ${specId} order by asked_at desc, id desc limit 1)
      and p.state = 'planned' and p.run_for is not null
      and exists (select from specs s where s.id = p.spec_id and s.run_state is null)`.execute(query);
  await ringJob(query, 'director');
}

/** Open questions of this kind whose plan is outdated, or was approved by other means. */
export async function staleQuestions(
  query: Query,
  code: string,
): Promise<Array<{ groupKey: string; specId: string }>> {
  const { rows } = await staleOf(code).execute(query);
  return rows;
}

const staleOf = (code: string) => sql<{ groupKey: string; specId: string }>`
    select e.group_key, s.id as spec_id from escalations e
    join specs s on s.id = (e.context ->> 'spec_id')::uuid
    where e.status = 'open' and e.code = ${code} and e.group_key is not null and (s.run_state is not null
      or (e.context ->> 'version')::int <> (select max(version) from spec_plans p
        where p.spec_id = s.id and not p.is_aside)
      or exists (select from plannings p where p.spec_id = s.id and p.ended_at is null))`;

export async function openQuestionWith(query: Query, groupKey: string): Promise<string | null> {
  const row = await query
    .selectFrom('escalations')
    .select('id')
    .where('groupKey', '=', groupKey)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return row?.id ?? null;
}
