// Requests to plan a spec, and the versions of its plan.

import { type Selectable, sql } from 'kysely';
import type { PermanentError } from '../../../domain/failure.ts';
import { type ProjectId, type ReservationId, shortId } from '../../../domain/ids.ts';
import type { Plan, PlanAnswer } from '../../../domain/plan/plan.ts';
import type { PlanProblem } from '../../../domain/plan/plan-problems.ts';
import type { Query } from '../../database.ts';
import { storeFailures } from '../../failure-catalogue.ts';
import { ringJob } from '../../live/listen.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';
import { findsAny } from '../runs/due-jobs.ts';

export type Planning = Selectable<Tables['plannings']>;
export type SpecPlan = Selectable<Tables['specPlans']>;

/** Returns an existing request that is open, or has this ID: a spec has one request at a time. */
export async function askPlanning(
  query: Query,
  asked: Pick<Planning, 'id' | 'specId' | 'projectId' | 'model' | 'limitNanoUsd' | 'askedBy'> &
    Partial<Pick<Planning, 'remark' | 'runFor' | 'requestedBy'>>,
): Promise<Planning> {
  await query
    .insertInto('plannings')
    .values(asked)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await ringJob(query, 'plannings');
  const newest = (await planningById(query, asked.id)) ?? (await newestPlanning(query, asked.specId));
  if (!newest) throw new TypeError('A request to plan was not stored');
  return newest;
}

export function planningById(query: Query, id: string): Promise<Planning | undefined> {
  return query.selectFrom('plannings').selectAll().where('id', '=', id).executeTakeFirst();
}

export function newestPlanning(query: Query, specId: string): Promise<Planning | undefined> {
  return query
    .selectFrom('plannings')
    .selectAll()
    .where('specId', '=', specId)
    .orderBy('askedAt', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

/** Oldest first. */
/** Whether `openPlannings` finds any. */
export const hasOpenPlanning = findsAny(sql`select from plannings where ended_at is null`);

export function openPlannings(query: Query): Promise<Planning[]> {
  return query.selectFrom('plannings').selectAll().where('endedAt', 'is', null).orderBy('askedAt').execute();
}

/** Locks the row, so that a cancellation and an answer cannot interleave. Undefined if the request has ended. */
export function holdPlanning(query: Query, id: string): Promise<Planning | undefined> {
  return query
    .selectFrom('plannings')
    .selectAll()
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function beginPlanning(
  query: Query,
  id: string,
  begun: { reservationId: ReservationId; baseBranch: string; baseSha: string },
): Promise<void> {
  await query
    .updateTable('plannings')
    .set({ state: 'working', ...begun })
    .where('id', '=', id)
    .execute();
}

/** Call this before a call to the model, so that a call whose process died counts. */
export async function countCall(query: Query, id: string): Promise<void> {
  await query
    .updateTable('plannings')
    .set((set) => ({ calls: set('calls', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** Keeps an answer until it is judged. Returns false if the request has ended. */
export async function keepAnswer(query: Query, id: string, answer: PlanAnswer): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('plannings')
    .set({ answer: toJson(answer) })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Records that the kept answer was judged. This resets the count of processes that did not get this far. */
export async function countRound(query: Query, id: string): Promise<void> {
  await query
    .updateTable('plannings')
    .set((set) => ({ rounds: set('rounds', '+', 1), answer: null, starts: 0 }))
    .where('id', '=', id)
    .execute();
}

/** Call this before the work of a process; `forgetStarts` after it. Returns how many in a row have not finished. */
export async function countStart(query: Query, id: string): Promise<number> {
  const row = await query
    .updateTable('plannings')
    .set((set) => ({ starts: set('starts', '+', 1) }))
    .where('id', '=', id)
    .returning('starts')
    .executeTakeFirst();
  return row?.starts ?? 0;
}

export async function forgetStarts(query: Query, id: string): Promise<void> {
  await query.updateTable('plannings').set({ starts: 0 }).where('id', '=', id).execute();
}

/** Leaves a request to other machines. Returns what each machine lacks, and since when the request waits. */
export async function declinePlanning(
  query: Query,
  id: string,
  { host, because, at }: { host: string; because: string; at: Date },
): Promise<Pick<Planning, 'declined' | 'declinedSince'> | undefined> {
  const lacks = toJson({ [host]: because });
  return query
    .updateTable('plannings')
    .set((set) => ({
      declined: sql<string>`declined || ${lacks}::jsonb`,
      declinedSince: set.fn.coalesce('declinedSince', set.val(at)),
      starts: 0,
    }))
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returning(['declined', 'declinedSince'])
    .executeTakeFirst();
}

export async function forgetDeclines(query: Query, id: string): Promise<void> {
  await query
    .updateTable('plannings')
    .set({ declined: '{}', declinedSince: null })
    .where('id', '=', id)
    .where('declinedSince', 'is not', null)
    .execute();
}

/** The open requests for a project that is being removed. */
export async function openPlanningsOf(query: Query, projectId: ProjectId): Promise<string[]> {
  const rows = await query
    .selectFrom('plannings')
    .select('id')
    .where('projectId', '=', projectId)
    .where('endedAt', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

/** Makes the Director decide about its plan as soon as there is one. */
export async function wantRun(query: Query, id: string, by: string): Promise<void> {
  await query
    .updateTable('plannings')
    .set({ runFor: by, decidedAt: null })
    .where('id', '=', id)
    .where('runFor', 'is', null)
    .execute();
  await ringJob(query, 'director');
}

export interface PlanningFailure {
  code: string;
  message: string;
  advice: string | null;
}

/** Returns false if the request had already ended. */
export async function endPlanning(
  query: Query,
  id: string,
  end: { state: 'planned' | 'cancelled' } | { state: 'failed'; failure: PlanningFailure },
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('plannings')
    .set({
      state: end.state,
      endedAt: sql<Date>`clock_timestamp()`,
      ...('failure' in end ? { failure: toJson(end.failure) } : {}),
    })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  await ringJob(query, 'director');
  return numUpdatedRows === 1n;
}

/** Adds the next version; the lock on the spec keeps versions in order. */
export async function addPlan(
  query: Query,
  added: {
    id: string;
    specId: string;
    plan: Plan;
    problems: readonly PlanProblem[];
    planningId: string | null;
    madeBy: string;
    because: string;
    /** The version on which the edit is based; if a newer one exists, nothing is added. */
    after?: number | undefined;
    /** If a person has edited the plan since then, the version is kept aside. */
    askedAt?: Date;
  },
): Promise<{ version: number; isAside: boolean }> {
  const { after, askedAt, ...row } = added;
  await query.selectFrom('specs').select('id').where('id', '=', row.specId).forUpdate().execute();
  const newest = await newestPlan(query, row.specId);
  // A repeated request already has its version.
  if (newest?.id === row.id) return newest;
  if (after !== undefined && newest !== undefined && newest.version !== after)
    throw changedMeanwhile(row.specId, newest.version, after);
  const isAside = askedAt !== undefined && newest?.planningId === null && newest.createdAt > askedAt;
  const version = ((await lastVersion(query, row.specId)) ?? 0) + 1;
  await query
    .insertInto('specPlans')
    .values({ ...row, version, isAside, plan: toJson(row.plan), problems: toJson(row.problems) })
    .execute();
  await ringJob(query, 'director');
  return { version, isAside };
}

async function lastVersion(query: Query, specId: string): Promise<number | null> {
  const row = await query
    .selectFrom('specPlans')
    .select((columns) => columns.fn.max('version').as('last'))
    .where('specId', '=', specId)
    .executeTakeFirst();
  return row?.last ?? null;
}

/** Ignores versions that were kept aside. */
export function newestPlan(query: Query, specId: string): Promise<SpecPlan | undefined> {
  return plansOf(query, specId).where('isAside', '=', false).orderBy('version', 'desc').executeTakeFirst();
}

/** @throws PermanentError `PLAN_NOT_FOUND` */
export async function planAt(query: Query, specId: string, version?: number): Promise<SpecPlan> {
  const found =
    version === undefined
      ? await newestPlan(query, specId)
      : isVersion(version)
        ? await plansOf(query, specId).where('version', '=', version).executeTakeFirst()
        : undefined;
  if (found) return found;
  throw version === undefined
    ? storeFailures.PLAN_NOT_FOUND('find plan', { specId: shortId(specId) })
    : storeFailures.PLAN_NOT_FOUND_VERSION('find plan', { version, specId: shortId(specId) });
}

/** The newest version with a smaller number that was not kept aside. */
export function planBefore(query: Query, specId: string, version: number): Promise<SpecPlan | undefined> {
  return plansOf(query, specId)
    .where('version', '<', version)
    .where('isAside', '=', false)
    .orderBy('version', 'desc')
    .executeTakeFirst();
}

/** Larger numbers do not fit into the column. */
const versionMax = 2 ** 31 - 1;
const isVersion = (version: number) => Number.isInteger(version) && Math.abs(version) <= versionMax;

/** The versions, oldest first, without the plans themselves. */
export function planVersions(query: Query, specId: string) {
  return query
    .selectFrom('specPlans')
    .select(['id', 'version', 'madeBy', 'because', 'createdAt', 'planningId', 'problems', 'isAside'])
    .select(sql<number>`jsonb_array_length(plan -> 'work_orders')`.as('workOrders'))
    .where('specId', '=', specId)
    .orderBy('version')
    .execute();
}

function plansOf(query: Query, specId: string) {
  return query.selectFrom('specPlans').selectAll().where('specId', '=', specId);
}

function changedMeanwhile(specId: string, newest: number, after: number): PermanentError {
  return storeFailures.PLAN_CHANGED('edit plan', { newest, after, specId: shortId(specId) });
}
