// Owners of questions: what decides about them, and who has had one for too long (R-ESC-7).

import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { OwnerFacts } from '../../domain/people/question-owner.ts';
import type { Query } from '../database.ts';
import type { OwnerEntry } from '../schema/column-shapes.ts';
import { toJson } from '../storable.ts';
import { findsAny } from '../work/runs/due-jobs.ts';
import type { Escalation } from './escalations.ts';

/** `now`: the time of the database, which all machines share. */
export async function ownerFacts(
  query: Query,
  workOrderId: WorkOrderId | null,
): Promise<OwnerFacts & { now: Date }> {
  const { rows } = await sql<Omit<OwnerFacts, 'rotation'> & { rotation: unknown; now: Date }>`
    select (select requested_by from work_orders where id = ${workOrderId}::uuid) as requester,
      (select p.settings ->> 'owner' from work_orders w join projects p on p.id = w.project_id
        where w.id = ${workOrderId}::uuid) as project_owner,
      (select value from system_config where key = 'settings.people.on_call') as rotation,
      clock_timestamp() as now`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('The facts have one row');
  const { rotation, ...facts } = row;
  return {
    ...facts,
    rotation: Array.isArray(rotation) ? rotation.filter((name) => typeof name === 'string') : [],
  };
}

/**
 * Open questions without an owner, and those whose owner has not answered in time: a page in the order of their IDs.
 * `defaultMs` applies if nobody has set how long an owner has; 0 means that an owner keeps it.
 */
export async function listOwnerDue(
  query: Query,
  page: OwnerPage,
): Promise<Pick<Escalation, 'id' | 'ownedSince'>[]> {
  const { rows } = await ownerDue(page).execute(query);
  return rows;
}

interface OwnerPage {
  defaultMs: number;
  after: string | null;
  limit: number;
}

/** Whether `listOwnerDue` finds any. */
export const hasOwnerDue = (page: OwnerPage) => findsAny(ownerDue(page));

function ownerDue({ defaultMs, after, limit }: OwnerPage) {
  return sql<Pick<Escalation, 'id' | 'ownedSince'>>`
    with given as (select coalesce(
      (select (value #>> '{}')::float8 from system_config where key = 'settings.people.owner_after_ms'), ${defaultMs}::float8) as ms)
    select id, owned_since from escalations, given where status = 'open' and (${after}::uuid is null or id > ${after}::uuid)
      and (owner is null or (ms > 0 and owned_since <= clock_timestamp() - ms * interval '1 ms'))
    order by id limit ${limit}`;
}

/**
 * Gives an open question an owner, and keeps who was before. Undefined if it is no longer open, or if `instead` is given
 * and somebody else owns it by now.
 */
export function giveOwner(
  query: Query,
  id: string,
  { owner, because, by }: Omit<OwnerEntry, 'at'>,
  instead?: { of: string | null },
): Promise<Escalation | undefined> {
  const entry = toJson({ owner, because, by });
  return query
    .updateTable('escalations')
    .set({
      owner,
      ownedSince: sql<Date>`clock_timestamp()`,
      owners: sql<string>`owners || jsonb_build_array(${entry}::jsonb || jsonb_build_object('at', clock_timestamp()))`,
      updatedAt: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .$if(instead !== undefined, (update) =>
      update.where(sql<boolean>`owner is not distinct from ${instead?.of ?? null}`),
    )
    .returningAll()
    .executeTakeFirst();
}
