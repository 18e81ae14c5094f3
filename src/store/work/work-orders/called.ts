// Finds rows by IDs as people write them: whole, or the start or end; always by an index.
import { type RawBuilder, sql } from 'kysely';
import type { Query } from '../../database.ts';

const idChars = 32;
/** How many of an ID's last characters the index contains. */
const tailChars = 12;
const tables = { work_orders: sql.table('work_orders'), error_events: sql.table('error_events') } as const;

/** SQL condition: the ID of `of` ends with `hex`, a value or column of at most twelve digits. By the index, in any plan. */
export const endsWith = (of: 'w', hex: RawBuilder<unknown>) => {
  const tail = sql`reverse(right(${sql.ref(`${of}.id`)}::text, ${sql.lit(tailChars)}))`;
  return sql<boolean>`${tail} ~>=~ reverse(${hex}) and ${tail} ~<~ (reverse(${hex}) || 'g')`;
};

/** Null if it cannot be an ID or a part of one. */
export function hexOf(given: string): string | null {
  const hex = given.toLowerCase().replaceAll('-', '');
  return /^[0-9a-f]{4,32}$/.test(hex) ? hex : null;
}

/** At most `limit` IDs that start or end with `hex`. */
export async function idsCalled<Id extends string>(
  query: Query,
  table: keyof typeof tables,
  hex: string,
  limit: number,
): Promise<Id[]> {
  const [first, last] = [hex.padEnd(idChars, '0'), hex.padEnd(idChars, 'f')];
  const tail = [...hex.slice(-tailChars)].reverse().join('');
  const { rows } = await sql<{ id: Id }>`
    (select id from ${tables[table]} where id between ${first}::uuid and ${last}::uuid limit ${limit})
    union
    (select id from ${tables[table]} where reverse(right(id::text, ${sql.lit(tailChars)})) like ${`${tail}%`}
      and replace(id::text, '-', '') like ${`%${hex}`} limit ${limit})
    limit ${limit}`.execute(query);
  return rows.map(({ id }) => id);
}
