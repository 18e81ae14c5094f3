// Searches for a text in names; each statement reads a bounded number of rows, or an index.
import { sql } from 'kysely';
import type { Query } from '../../database.ts';
import { hexOf, idsCalled } from './called.ts';

export interface FoundRow {
  id: string;
  title: string;
  detail: string;
}

/** How many questions are searched, newest first: older ones were answered long ago. */
const escalationsMax = 5_000;
/** How many error codes are searched: there are a few hundred. */
const codesMax = 1_000;

export async function searchEscalations(query: Query, text: string, limit: number): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`
    select id, title, status as detail
    from (select id, title, status, created_at from escalations order by created_at desc, id desc limit ${escalationsMax}) newest
    where strpos(lower(title), lower(${text})) > 0 order by status = 'open' desc, created_at desc limit ${limit}`.execute(
    query,
  );
  return rows;
}

/** Finds an error by its ID, or the newest one of each code that contains the text. */
export async function searchErrors(query: Query, text: string, limit: number): Promise<FoundRow[]> {
  const hex = hexOf(text);
  const ids = hex === null ? [] : await idsCalled<string>(query, 'error_events', hex, limit);
  const { rows } = await sql<FoundRow>`
    with recursive codes (code, place) as (
      (select error_type, 1 from error_events order by error_type limit 1)
      union all
      select (select error_type from error_events where error_type > codes.code order by error_type limit 1), place + 1
      from codes where codes.code is not null and place < ${codesMax}
    ), named as (
      select newest.id from codes, lateral (select id from error_events where error_type = codes.code
        order by timestamp desc limit 1) newest
      where strpos(lower(codes.code), lower(${text})) > 0 limit ${limit}
    ), found as materialized (
      -- By their keys, and sorted after: walking all errors by time for what may not be there takes seconds.
      select id, error_type, error_message, timestamp from error_events
      where id = any (array(select id from named) || ${ids}::uuid[])
    )
    select id, error_type as title, left(error_message, 200) as detail from found
    order by timestamp desc limit ${limit}`.execute(query);
  return rows;
}

/** The newest rows whose names contain the text, for kinds with few rows. */
export async function searchNamed(
  query: Query,
  table: 'projects' | 'specs',
  text: string,
  limit: number,
): Promise<FoundRow[]> {
  const detail =
    table === 'projects'
      ? sql`coalesce(repository_path, remote_url)`
      : sql`to_char(created_at, 'YYYY-MM-DD')`;
  const isListed = table === 'projects' ? sql`and removed_at is null` : sql``;
  const { rows } = await sql<FoundRow>`select id, name as title, ${detail} as detail from ${sql.table(table)}
    where strpos(lower(name), lower(${text})) > 0 ${isListed} order by created_at desc limit ${limit}`.execute(
    query,
  );
  return rows;
}
