// Groups of work orders that do the same work.
import { type Selectable, sql } from 'kysely';
import type {
  Candidate,
  CandidateFacts,
  CandidateFailure,
  CandidateOutcome,
  CandidateResult,
} from '../../domain/candidate.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { type Status, type Step, steps } from '../../domain/transitions.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';

export type CandidateGroup = Selectable<Tables['candidateGroups']>;

export function groupById(query: Query, id: WorkOrderId): Promise<CandidateGroup> {
  return query.selectFrom('candidateGroups').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Call this first in a transaction. */
export function lockGroup(query: Query, id: WorkOrderId): Promise<CandidateGroup> {
  return query
    .selectFrom('candidateGroups')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

export function candidateRow(
  query: Query,
  workOrderId: WorkOrderId,
): Promise<Selectable<Tables['candidates']>> {
  return query
    .selectFrom('candidates')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .executeTakeFirstOrThrow();
}

/** Of all candidates that have failed, by their numbers. */
export async function failuresOfGroup(
  query: Query,
  groupId: WorkOrderId,
): Promise<Array<{ number: number; failure: CandidateFailure }>> {
  const rows = await query
    .selectFrom('candidates')
    .select(['number', 'failure'])
    .where('groupId', '=', groupId)
    .orderBy('number')
    .execute();
  return rows.flatMap(({ number, failure }) => (failure === null ? [] : [{ number, failure }]));
}

export type Settled = { facts: CandidateFacts } | { failure: CandidateFailure };

/**
 * What came of a candidate. The same result again, after a wait, keeps its time; another one replaces it,
 * which a message to a waiting candidate can cause.
 */
export async function settleCandidate(
  query: Query,
  workOrderId: WorkOrderId,
  settled: Settled,
): Promise<void> {
  const [result, facts, failure] =
    'facts' in settled ? ['passed', toJson(settled.facts), null] : ['failed', null, toJson(settled.failure)];
  await sql`update candidates set result = ${result}, facts = ${facts}::jsonb, failure = ${failure}::jsonb,
      settled_at = case when result = ${result} then settled_at else clock_timestamp() end
    where work_order_id = ${workOrderId}
      and (result, facts, failure) is distinct from (${result}, ${facts}::jsonb, ${failure}::jsonb)`.execute(
    query,
  );
}

/** Call this in a transaction that has locked the work order: the decision locks it too, before it reads. */
export async function forgetPassed(query: Query, workOrderId: WorkOrderId): Promise<void> {
  await query
    .updateTable('candidates')
    .set({ result: null, facts: null, settledAt: null })
    .where('workOrderId', '=', workOrderId)
    .where('result', '=', 'passed')
    .execute();
}

/** A result of an earlier run, or from before a message, does not count. */
export const waitsForDecision = sql<boolean>`(w.status = 'in_progress' and (c.result = 'passed' and w.step = 'creating_pr'
  or c.result = 'failed' and (c.failure ->> 'run')::int = w.run))`;

/**
 * The candidates as they are now, by their numbers. A candidate that has passed and continues, because a person sent
 * it a message, counts as running; so is one that was stopped, until a person restarts or ends it.
 */
export async function candidatesOf(query: Query, groupId: WorkOrderId): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select c.work_order_id as id, c.number, c.facts, c.settled_at, w.refinement_cycles, w.cost_nano_usd,
      coalesce(array_position(${[...steps]}::text[], w.step::text), 0) as steps_reached,
      case
        when w.status = 'cancelled' or w.cancel_requested_at is not null then 'over'
        when ${waitsForDecision} then c.result
        when exists (select from runs r where r.work_order_id = w.id and r.state = 'running' and r.kind = 'undo')
          then 'over'
        when w.status in ('pending', 'in_progress', 'needs_review') then 'at_work'
        else 'over'
      end as state,
      exists (select from work_order_events e where e.work_order_id = w.id and e.kind = 'message'
        and not coalesce((select s.result -> 'messageIds' from step_results s join runs n on n.id = s.run_id
          where s.work_order_id = w.id and s.step = 'generating'
          order by n.number desc, s.cycle desc limit 1), '[]') ? e.id::text) as has_unread
    from candidates c join work_orders w on w.id = c.work_order_id
    where c.group_id = ${groupId} order by c.number`.execute(query);
  return rows;
}

/** Only the first decision is written; the database refuses every later one. */
export async function decideGroup(
  query: Query,
  id: WorkOrderId,
  decided: { outcome: CandidateOutcome; kept: WorkOrderId | null; because: string; decidedAt: Date },
): Promise<void> {
  await query
    .updateTable('candidateGroups')
    .set({ ...decided, because: storableText(decided.because) })
    .where('id', '=', id)
    .execute();
}

export interface ListedCandidate {
  groupId: WorkOrderId;
  workOrderId: WorkOrderId;
  number: number;
  size: number;
  outcome: CandidateOutcome | null;
  isKept: boolean;
}

/** The places of these work orders in their groups; those that are no candidates are left out. */
export async function placesOfCandidates(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, ListedCandidate>> {
  const { rows } = await sql<ListedCandidate>`
    select c.group_id, c.work_order_id, c.number, g.size, g.outcome, coalesce(g.kept = c.work_order_id, false) as is_kept
    from candidates c join candidate_groups g on g.id = c.group_id
    where c.work_order_id = any (${[...ids]}::uuid[])`.execute(query);
  return new Map(rows.map((row) => [row.workOrderId, row]));
}

export interface ShownCandidate {
  workOrderId: WorkOrderId;
  number: number;
  status: Status;
  step: Step | null;
  result: CandidateResult | null;
  facts: CandidateFacts | null;
  failure: CandidateFailure | null;
  refinementCycles: number;
  costNanoUsd: bigint;
  agent: string | null;
  model: string | null;
}

/** The candidates of a group, with the agent and the model that they used last. */
export async function shownCandidates(query: Query, groupId: WorkOrderId): Promise<ShownCandidate[]> {
  const newest = (name: string, step: Step) => sql`(select s.result ->> ${name}
    from step_results s join runs n on n.id = s.run_id
    where s.work_order_id = w.id and s.step = ${step} order by n.number desc, s.cycle desc limit 1)`;
  const { rows } = await sql<ShownCandidate>`
    select c.work_order_id, c.number, w.status, w.step, c.result, c.facts, c.failure, w.refinement_cycles, w.cost_nano_usd,
      coalesce(${newest('agent', 'applying')}, ${newest('agent', 'routing')}, w.settings ->> 'agent') as agent,
      coalesce(${newest('model', 'generating')}, w.settings ->> 'model') as model
    from candidates c join work_orders w on w.id = c.work_order_id
    where c.group_id = ${groupId} order by c.number`.execute(query);
  return rows;
}
