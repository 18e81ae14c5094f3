// Pages of questions: open ones first, each group newest first.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import type { ListPlace } from '../work/work-orders/work-order-lists.ts';
import type { Escalation } from './escalations.ts';

/** Later than any instant in the next thousand years, in microseconds. */
const openFirst = 10n ** 17n;

const place = sql<string>`((extract(epoch from created_at) * 1000000)::bigint
  + case when status in ('open', 'chosen') then ${openFirst.toString()}::bigint else 0 end)`;

export interface PlacedEscalation extends Escalation {
  place: ListPlace;
}

/**
 * Returns one row more than `limit`, if there is one. Without `all`, only questions that are open or being carried out.
 */
export async function escalationsFrom(
  query: Query,
  {
    all,
    limit,
    after,
    owner,
  }: { all: boolean; limit: number; after: ListPlace | undefined; owner?: string | undefined },
): Promise<PlacedEscalation[]> {
  let select = query
    .selectFrom('escalations')
    .selectAll()
    .select(sql<string>`${place}::text`.as('placeValue'))
    .orderBy(place, 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (!all) select = select.where('status', 'in', ['open', 'chosen']);
  if (owner !== undefined) select = select.where('owner', '=', owner);
  if (after) {
    const isAfter = sql<boolean>`(${place}, id) < (${after.value}::bigint, ${after.id}::uuid)`;
    select = select.where(isAfter);
  }
  const rows = await select.execute();
  return rows.map(({ placeValue: value, ...row }) => ({ ...row, place: { value, id: row.id } }));
}
