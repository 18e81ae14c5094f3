// The results of checking the contracts between planned work orders (R-SPEC-3).
import { type Selectable, sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';

export type ContractCheck = Selectable<Tables['contractChecks']>;

/** The plan that was approved for a spec; undefined if none was. */
export function approvedPlan(query: Query, specId: string) {
  return query
    .selectFrom('specs')
    .innerJoin('specPlans', (join) =>
      join
        .onRef('specPlans.specId', '=', 'specs.id')
        .onRef('specPlans.version', '=', 'specs.approvedVersion'),
    )
    .select(['specPlans.plan', 'specPlans.version', 'specs.approvedBy'])
    .where('specs.id', '=', specId)
    .executeTakeFirst();
}

export function contractChecksOf(query: Query, specId: string): Promise<ContractCheck[]> {
  return query
    .selectFrom('contractChecks')
    .selectAll()
    .where('specId', '=', specId)
    .orderBy('name')
    .orderBy('checkedAt')
    .execute();
}

export interface PlannedOrder {
  id: WorkOrderId;
  planKey: string | null;
  status: Status;
}

/** The work orders that were made from the plan of a spec. */
export function plannedOrders(query: Query, specId: string): Promise<PlannedOrder[]> {
  return query
    .selectFrom('workOrders')
    .select(['id', 'planKey', 'status'])
    .where('specId', '=', specId)
    .execute();
}

/** Replaces the result of an earlier check of the same work order; an acceptance stays. */
export async function saveContractCheck(
  query: Query,
  check: Pick<ContractCheck, 'specId' | 'name' | 'workOrderId' | 'role' | 'state' | 'objectId' | 'breaking'>,
): Promise<void> {
  const { state, objectId } = check;
  const breaking = toJson(check.breaking);
  await query
    .insertInto('contractChecks')
    .values({ ...check, breaking })
    .onConflict((conflict) =>
      conflict
        .columns(['specId', 'name', 'workOrderId'])
        .doUpdateSet({ state, objectId, breaking, checkedAt: sql<Date>`clock_timestamp()` }),
    )
    .execute();
}

/** Accepts the content that was checked last, and what it breaks. Returns false if the content has changed since. */
export async function acceptContract(
  query: Query,
  {
    specId,
    name,
    workOrderId,
    objectId,
  }: Pick<ContractCheck, 'specId' | 'name' | 'objectId'> & { workOrderId: WorkOrderId },
  by: string,
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('contractChecks')
    .set((set) => ({
      state: 'accepted' as const,
      acceptedObjectId: set.ref('objectId'),
      acceptedBreaking: sql<string>`breaking`,
      acceptedBy: by,
      acceptedAt: sql<Date>`clock_timestamp()`,
    }))
    .where('specId', '=', specId)
    .where('name', '=', name)
    .where('workOrderId', '=', workOrderId)
    .where('objectId', '=', objectId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
