// Lists of work orders, by keys: an index tells which rows a page has, and only those rows are read.
import { type RawBuilder, sql } from 'kysely';
import type { FailureClass } from '../../../domain/failure.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Status, Step } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { hexOf, idsCalled } from './called.ts';
import { readyToMerge } from './ready-to-merge.ts';
import type { WorkOrder } from './work-orders.ts';

/** Long columns are not read: a description has up to a hundred thousand characters. */
const longColumns = ['description', 'acceptance', 'settings', 'metadata'] as const;
export type ListedWorkOrder = Omit<WorkOrder, (typeof longColumns)[number]> & { project: string };

export interface ListFilter {
  statuses?: readonly Status[];
  failureClasses?: readonly FailureClass[];
  steps?: readonly Step[];
  /** The project's name or id. */
  project?: string;
  needsYou?: boolean;
  /** Of those that need a person: whether only its merge is left. */
  isForMerge?: boolean;
  /** A part of the title, in upper or lower case; or the start or end of an ID. */
  text?: string;
}

export type ListSort = 'created' | 'updated' | 'cost';

/** Where a page ended: the sort value (microseconds or nano-dollars, in decimal), and the ID. */
export interface ListPlace {
  value: string;
  id: string;
}

const sortedBy: Record<ListSort, RawBuilder<unknown>> = {
  created: sql.ref('created_at'),
  updated: sql.ref('updated_at'),
  cost: sql.ref('cost_nano_usd'),
};

/** How many IDs one text may match; no person means more. */
const calledMax = 50;

const asked = sql`select work_order_id from escalations where status = 'open' and work_order_id is not null
  union all select m.work_order_id from escalation_members m join escalations e on e.id = m.escalation_id
    where m.left_at is null and e.status = 'open'`;

/** Whether only a person can answer: it has an open question, or waits for a review or an approval. */
const isAsked = sql<boolean>`(status = 'needs_review'
  or (status = 'pending' and needs_approval and approved_at is null) or id in (${asked}))`;
/** Whether a work order waits for a person, also if only for a merge. Checked for each row of the list. */
const needsYou = sql<boolean>`(${isAsked} or id in (${readyToMerge}))`;

/** The same condition for a list of only these work orders, which are few. */
const isOfThose = sql<boolean>`id in (select id from work_orders where status = 'needs_review'
  union all select id from work_orders where status = 'pending' and needs_approval and approved_at is null
  union all ${asked} union all ${readyToMerge})`;

/** Newest, or most expensive, first; up to `limit` keys after `after`. */
export async function listKeys(
  query: Query,
  filter: ListFilter,
  { sort, after, limit }: { sort: ListSort; after?: ListPlace | undefined; limit: number },
): Promise<ListPlace[]> {
  const column = sortedBy[sort];
  const value = sort === 'cost' ? sql`cost_nano_usd` : sql`(extract(epoch from ${column}) * 1000000)::bigint`;
  const { rows } = await sql<{
    id: string;
    value: string;
  }>`select id, ${value}::text as value from work_orders
    where ${await conditionOf(query, filter)} and ${after ? isAfter(sort, after) : sql`true`}
    order by ${column} desc, id desc limit ${limit}`.execute(query);
  return rows;
}

function isAfter(sort: ListSort, { value, id }: ListPlace): RawBuilder<unknown> {
  const bound =
    sort === 'cost'
      ? sql`${value}::bigint`
      : // Exact: PostgreSQL times have microseconds, JavaScript dates do not.
        sql`'epoch'::timestamptz + ${value}::bigint * interval '1 microsecond'`;
  return sql`(${sortedBy[sort]}, id) < (${bound}, ${id}::uuid)`;
}

async function conditionOf(query: Query, filter: ListFilter): Promise<RawBuilder<unknown>> {
  const { statuses, failureClasses, steps, project, text = '' } = filter;
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (statuses) all.push(sql`status = any (${[...statuses]}::work_order_status[])`);
  if (failureClasses) all.push(sql`failure_class = any (${[...failureClasses]}::failure_class[])`);
  if (steps) all.push(sql`step = any (${[...steps]}::work_order_step[])`);
  if (project !== undefined)
    all.push(
      sql`project_id = (select id from projects where name = ${project} or id::text = ${project}
        order by name = ${project} desc limit 1)`,
    );
  if (filter.needsYou !== undefined) all.push(filter.needsYou ? needsYou : sql`not ${needsYou}`);
  if (filter.isForMerge !== undefined) all.push(filter.isForMerge ? sql`not ${isAsked}` : isAsked);
  if (text !== '') {
    const hex = hexOf(text);
    const ids = hex === null ? [] : await idsCalled(query, 'work_orders', hex, calledMax);
    all.push(sql`(strpos(lower(title), lower(${text})) > 0 or id = any (${ids}::uuid[]))`);
  }
  return sql.join(all, sql` and `);
}

/** The work orders in the order of `ids`; missing ones are left out. */
export async function listedByIds(query: Query, ids: readonly string[]): Promise<ListedWorkOrder[]> {
  if (ids.length === 0) return [];
  const rows = await query
    .selectFrom('workOrders')
    .innerJoin('projects', 'projects.id', 'workOrders.projectId')
    .select([
      'workOrders.id',
      'projectId',
      'title',
      'status',
      'step',
      'stepState',
      'failureClass',
      'failure',
      'run',
      'limitNanoUsd',
      'timeLimitMs',
      'baseBranch',
      'baseSha',
      'branch',
      'stackedOn',
      'parentId',
      'toldParent',
      'isToldOfCancel',
      'requestHash',
      'setAsideNanoUsd',
      'givenBackNanoUsd',
      'pullRequestUrl',
      'agentRuns',
      'modelCalls',
      'inputTokens',
      'outputTokens',
      'costNanoUsd',
      'refinementCycles',
      'refinementCyclesMax',
      'progressedAt',
      'agentRunsAtProgress',
      'modelCallsAtProgress',
      'costAtProgressNanoUsd',
      'isScripted',
      'cancelRequestedAt',
      'parkedAt',
      'parkedBecause',
      'changedBy',
      'changedBecause',
      'requestedBy',
      'workOrders.createdAt',
      'updatedAt',
      'finishedAt',
      'recoveryAttempts',
      'recoveries',
      'retryBudget',
      'wastedNanoUsd',
      'heldBy',
      'heldAt',
      'needsApproval',
      'approvedBy',
      'approvedAt',
      'isVerified',
      'notVerifiedBecause',
      'specId',
      'planKey',
      'waitsFor',
      'estimateLowNanoUsd',
      'estimateHighNanoUsd',
      'projects.name as project',
    ])
    .where('workOrders.id', 'in', ids as WorkOrderId[])
    .execute();
  const byId = new Map(rows.map((row) => [row.id as string, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The open question about each of these work orders. */
export async function openQuestionsOf(query: Query, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ workOrderId: string; id: string }>`
    select m.work_order_id, e.id from escalation_members m join escalations e on e.id = m.escalation_id
      where m.work_order_id = any (${[...ids]}::uuid[]) and m.left_at is null and e.status = 'open'
    union all
    select work_order_id, id from escalations where work_order_id = any (${[...ids]}::uuid[]) and status = 'open'`.execute(
    query,
  );
  return new Map(rows.map(({ workOrderId, id }) => [workOrderId, id]));
}

export interface StatusCount {
  status: Status;
  total: number;
  /** How many of these wait for a person. */
  needsYou: number;
}

/** The number of work orders in each status, counted from the index. */
export async function countByStatus(
  query: Query,
  filter: Pick<ListFilter, 'project' | 'text'>,
): Promise<StatusCount[]> {
  const condition = await conditionOf(query, filter);
  const { rows } = await sql<StatusCount>`
    with waiting as (
      select status, count(*)::int as needs_you from work_orders where ${condition} and ${isOfThose} group by status
    )
    select status, count(*)::int as total, coalesce(max(waiting.needs_you), 0) as needs_you
    from work_orders left join waiting using (status) where ${condition} group by status`.execute(query);
  return rows;
}
