// The name under which somebody's spending counts, for a name as an admin writes it: names that differ only in
// capital letters belong to one person.
import { sql } from 'kysely';
import type { Query } from '../database.ts';

/**
 * The name that is in use. A name that is not yet in use stays as it is; only addresses of people who sign in are always in
 * small letters, unlike logins at a forge.
 */
export async function spenderName(query: Query, written: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select name from (
      select name_of_actor(requested_by) as name from work_orders
      union select coalesce(person, 'api:' || name) from api_tokens
      union select subject from spending_limits where kind = 'person'
    ) used where lower(name) = lower(${written}) order by name <> ${written}, name limit 1`.execute(query);
  const [used] = rows;
  if (used) return used.name;
  const host = /@([^@]+)$/.exec(written)?.[1]?.toLowerCase();
  if (host === undefined) return written;
  const forge = query.selectFrom('forgeHosts').select('host').where('host', '=', host);
  return (await forge.executeTakeFirst()) ? written : written.toLowerCase();
}
