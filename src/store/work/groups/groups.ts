// Groups of work orders that are decided about together. Whoever locks a group has locked nothing else before: so no two
// transactions wait for each other.
import { type Selectable, sql } from 'kysely';
import type {
  CandidateFacts,
  GroupFailure,
  GroupKind,
  GroupMember,
  GroupOutcome,
} from '../../../domain/group.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import { type Step, steps } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { storableText, toJson } from '../../storable.ts';

export type Group = Selectable<Tables['workOrderGroups']>;

/** Returns false if the group exists: a submission that is repeated adds nothing. */
export async function insertGroup(
  query: Query,
  group: Pick<Group, 'id' | 'kind' | 'size' | 'limitNanoUsd'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await query
    .insertInto('workOrderGroups')
    .values(group)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function insertMember(
  query: Query,
  member: { groupId: WorkOrderId; workOrderId: WorkOrderId; number: number },
): Promise<void> {
  await query.insertInto('groupMembers').values(member).execute();
}

const selectGroup = (query: Query, id: WorkOrderId) =>
  query.selectFrom('workOrderGroups').selectAll().where('id', '=', id);

export function groupById(query: Query, id: WorkOrderId): Promise<Group> {
  return selectGroup(query, id).executeTakeFirstOrThrow();
}

/** Call this first in a transaction. */
export function lockGroup(query: Query, id: WorkOrderId): Promise<Group> {
  return selectGroup(query, id).forNoKeyUpdate().executeTakeFirstOrThrow();
}

/** Locks the open runs, then the work orders, in the order in which every other transaction locks the two. */
export async function lockMembers(query: Query, groupId: WorkOrderId): Promise<void> {
  await sql`select from runs r join group_members m on m.work_order_id = r.work_order_id
    where m.group_id = ${groupId} and r.state = 'running' order by m.number for no key update of r`.execute(
    query,
  );
  await sql`select from work_orders w join group_members m on m.work_order_id = w.id
    where m.group_id = ${groupId} order by m.number for no key update of w`.execute(query);
}

/** The work order and all others of its group, by their numbers. */
export async function idsOfGroup(query: Query, id: WorkOrderId): Promise<WorkOrderId[]> {
  const { rows } = await sql<{ id: WorkOrderId }>`
    select o.work_order_id as id from group_members m join group_members o on o.group_id = m.group_id
    where m.work_order_id = ${id} order by o.number`.execute(query);
  return rows.length === 0 ? [id] : rows.map((row) => row.id);
}

export function memberRow(
  query: Query,
  workOrderId: WorkOrderId,
): Promise<Selectable<Tables['groupMembers']>> {
  return query
    .selectFrom('groupMembers')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .executeTakeFirstOrThrow();
}

/** What came of a member. A candidate has facts, a part of a joint change has a tree. */
export type Settled = { facts: CandidateFacts } | { treeSha: string } | { failure: GroupFailure };

/**
 * The same result again, after a wait, keeps its time; another one replaces it, which a message to a waiting member can
 * cause.
 */
export async function settleMember(query: Query, workOrderId: WorkOrderId, settled: Settled): Promise<void> {
  const result = 'failure' in settled ? 'failed' : 'passed';
  const facts = 'facts' in settled ? toJson(settled.facts) : null;
  const failure = 'failure' in settled ? toJson(settled.failure) : null;
  const treeSha = 'treeSha' in settled ? settled.treeSha : null;
  await sql`update group_members set result = ${result}, facts = ${facts}::jsonb, failure = ${failure}::jsonb,
      tree_sha = ${treeSha}, settled_at = case when result = ${result} and tree_sha is not distinct from ${treeSha}
        then settled_at else clock_timestamp() end
    where work_order_id = ${workOrderId} and (result, facts, failure, tree_sha)
      is distinct from (${result}, ${facts}::jsonb, ${failure}::jsonb, ${treeSha}::text)`.execute(query);
}

/** Call this in a transaction that has locked the work order: the decision locks it too, before it reads. */
export async function forgetPassed(query: Query, workOrderId: WorkOrderId): Promise<void> {
  await query
    .updateTable('groupMembers')
    .set({ result: null, facts: null, settledAt: null })
    .where('workOrderId', '=', workOrderId)
    .where('result', '=', 'passed')
    .execute();
}

/** A result of an earlier run, or from before a message, does not count. */
export const waitsForDecision = sql<boolean>`(w.status = 'in_progress' and (m.result = 'passed' and w.step = 'creating_pr'
  or m.result = 'failed' and (m.failure ->> 'run')::int = w.run))`;

export const isCancelled = sql<boolean>`(w.status = 'cancelled' or w.cancel_requested_at is not null)`;

export const isClosed = sql<boolean>`(exists (select from pull_requests p where p.work_order_id = w.id and p.state = 'closed')
  and not exists (select from pull_requests p where p.work_order_id = w.id and p.state <> 'closed'))`;

/**
 * As they are now, by their numbers. One that has passed and continues, because a person sent it a message, counts as
 * running; so is one that was stopped, until a person restarts or ends it.
 */
export async function membersOf(query: Query, groupId: WorkOrderId): Promise<GroupMember[]> {
  const { rows } = await sql<GroupMember>`
    select w.id, m.number, p.name as project, w.status, w.step, m.result, m.settled_at, m.facts, m.failure, m.tree_sha,
      ${isCancelled} as is_cancelled, w.pull_request_url, ${isClosed} as is_closed,
      exists (select from pull_requests p where p.work_order_id = w.id and p.state = 'merged') as is_merged,
      w.refinement_cycles, w.cost_nano_usd,
      coalesce(array_position(${[...steps]}::text[], w.step::text), 0) as steps_reached,
      case
        when ${isCancelled} then 'over'
        when ${waitsForDecision} then m.result
        when exists (select from runs r where r.work_order_id = w.id and r.state = 'running' and r.kind = 'undo')
          then 'over'
        when w.status in ('pending', 'in_progress', 'needs_review') then 'at_work'
        else 'over'
      end as state,
      exists (select from work_order_events e where e.work_order_id = w.id and e.kind = 'message'
        and not coalesce((select s.result -> 'messageIds' from step_results s join runs n on n.id = s.run_id
          where s.work_order_id = w.id and s.step = 'generating'
          order by n.number desc, s.cycle desc limit 1), '[]') ? e.id::text) as has_unread
    from group_members m join work_orders w on w.id = m.work_order_id join projects p on p.id = w.project_id
    where m.group_id = ${groupId} order by m.number`.execute(query);
  return rows;
}

/** Only the first decision is written; the database refuses every later one. */
export async function decideGroup(
  query: Query,
  id: WorkOrderId,
  decided: { outcome: GroupOutcome; kept: WorkOrderId | null; because: string; decidedAt: Date },
): Promise<void> {
  await query
    .updateTable('workOrderGroups')
    .set({ ...decided, because: storableText(decided.because) })
    .where('id', '=', id)
    .execute();
}

export interface ListedMember {
  workOrderId: WorkOrderId;
  kind: GroupKind;
  groupId: WorkOrderId;
  number: number;
  size: number;
  /** Null until it is decided. */
  isKept: boolean | null;
}

/** The places of these work orders in their groups; those that are in none are left out. */
export async function placesInGroups(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, ListedMember>> {
  const { rows } = await sql<ListedMember>`
    select m.work_order_id, g.kind, m.group_id, m.number, g.size,
      case when g.outcome is not null then coalesce(g.kept = m.work_order_id, false) end as is_kept
    from group_members m join work_order_groups g on g.id = m.group_id
    where m.work_order_id = any (${[...ids]}::uuid[])`.execute(query);
  return new Map(rows.map((row) => [row.workOrderId, row]));
}

/** The agent and the model that each member used last. */
export async function usedByMembers(
  query: Query,
  groupId: WorkOrderId,
): Promise<Map<WorkOrderId, { agent: string | null; model: string | null }>> {
  const newest = (name: string, step: Step) => sql`(select s.result ->> ${name}
    from step_results s join runs n on n.id = s.run_id
    where s.work_order_id = w.id and s.step = ${step} order by n.number desc, s.cycle desc limit 1)`;
  const { rows } = await sql<{ id: WorkOrderId; agent: string | null; model: string | null }>`
    select w.id,
      coalesce(${newest('agent', 'applying')}, ${newest('agent', 'routing')}, w.settings ->> 'agent') as agent,
      coalesce(${newest('model', 'generating')}, w.settings ->> 'model') as model
    from group_members m join work_orders w on w.id = m.work_order_id where m.group_id = ${groupId}`.execute(
    query,
  );
  return new Map(rows.map(({ id, ...used }) => [id, used]));
}

/** The last time at which something happened that the work order may have waited for; null if it is in no group. */
export async function waitedForGroupUntil(query: Query, id: WorkOrderId): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(greatest(g.decided_at, m.settled_at, p.created_at)) as at
    from group_members own join work_order_groups g on g.id = own.group_id
      left join group_members m on g.kind = 'joint' and m.group_id = own.group_id and m.number < own.number
      left join pull_requests p on p.work_order_id = m.work_order_id
    where own.work_order_id = ${id}`.execute(query);
  return rows[0]?.at ?? null;
}
