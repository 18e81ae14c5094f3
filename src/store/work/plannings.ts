// Requests to plan a spec, and the versions of its plan.
import { type Selectable, sql } from 'kysely';
import { PermanentError } from '../../domain/failure.ts';
import { type ReservationId, shortId } from '../../domain/ids.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { PlanProblem } from '../../domain/plan/plan-problems.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { toJson } from '../storable.ts';

export type Planning = Selectable<Tables['plannings']>;
export type SpecPlan = Selectable<Tables['specPlans']>;

/** If the spec already has an open request, returns that one: a spec is planned once at a time. */
export async function askPlanning(
  query: Query,
  asked: Pick<Planning, 'id' | 'specId' | 'projectId' | 'model' | 'limitNanoUsd' | 'askedBy'>,
): Promise<Planning> {
  await query
    .insertInto('plannings')
    .values(asked)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const open = await newestPlanning(query, asked.specId);
  if (!open) throw new TypeError('A request to plan a spec was not stored');
  return open;
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

/** `calls` is increased before a call, `rounds` when its answer is judged. */
export async function countPlanning(query: Query, id: string, what: 'calls' | 'rounds'): Promise<void> {
  await query
    .updateTable('plannings')
    .set((set) => (what === 'calls' ? { calls: set('calls', '+', 1) } : { rounds: set('rounds', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export interface PlanningFailure {
  code: string;
  message: string;
  advice: string | null;
}

/** Returns false if the request had ended before. */
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
  return numUpdatedRows === 1n;
}

/** Adds the next version and returns its number; the lock on the spec keeps versions in order. */
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
  },
): Promise<number> {
  const { after, ...row } = added;
  await query.selectFrom('specs').select('id').where('id', '=', row.specId).forUpdate().execute();
  const newest = await newestPlan(query, row.specId);
  // If the request is repeated, its version is already stored.
  if (newest?.id === row.id) return newest.version;
  if (after !== undefined && newest !== undefined && newest.version !== after)
    throw changedMeanwhile(row.specId, newest.version, after);
  const version = (newest?.version ?? 0) + 1;
  await query
    .insertInto('specPlans')
    .values({ ...row, version, plan: toJson(row.plan), problems: toJson(row.problems) })
    .execute();
  return version;
}

export function newestPlan(query: Query, specId: string): Promise<SpecPlan | undefined> {
  return plansOf(query, specId).orderBy('version', 'desc').executeTakeFirst();
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
  throw new PermanentError({
    code: 'PLAN_NOT_FOUND',
    component: 'specs',
    operation: 'find plan',
    message:
      version === undefined ? 'The spec has no plan yet.' : `The spec has no plan of version ${version}.`,
    advice: `Run \`moose spec plan ${shortId(specId)}\` to have the Architect write one; \`moose spec versions ${shortId(specId)}\` lists them.`,
  });
}

/** Other numbers do not fit into the column. */
const versionMax = 2 ** 31 - 1;
const isVersion = (version: number) => Number.isInteger(version) && Math.abs(version) <= versionMax;

/** The versions, oldest first, without the plans themselves. */
export function planVersions(query: Query, specId: string) {
  return query
    .selectFrom('specPlans')
    .select(['id', 'version', 'madeBy', 'because', 'createdAt', 'planningId', 'problems'])
    .select(sql<number>`jsonb_array_length(plan -> 'work_orders')`.as('workOrders'))
    .where('specId', '=', specId)
    .orderBy('version')
    .execute();
}

function plansOf(query: Query, specId: string) {
  return query.selectFrom('specPlans').selectAll().where('specId', '=', specId);
}

function changedMeanwhile(specId: string, newest: number, after: number): PermanentError {
  return new PermanentError({
    code: 'PLAN_CHANGED',
    component: 'specs',
    operation: 'edit plan',
    message: `The plan has changed: its newest version is ${newest}, but this edit is based on version ${after}.`,
    advice: `Read the newest version (\`moose spec show ${shortId(specId)}\`), and edit that one.`,
  });
}
