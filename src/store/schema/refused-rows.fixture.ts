// For tests: a trigger that makes a table refuse its rows, like a constraint, a missing right or a missing partition.
import { sql } from 'kysely';
import type { Database } from '../database.ts';

export async function refuseRowsOf({ query }: Database, table: string): Promise<void> {
  await sql`create or replace function refuse_row() returns trigger language plpgsql as $$
    begin raise exception 'no row of % today', tg_table_name; end $$`.execute(query);
  await sql`create trigger refuse_row before insert on ${sql.table(table)}
    for each row execute function refuse_row()`.execute(query);
}

export async function takeRowsOf({ query }: Database, table: string): Promise<void> {
  await sql`drop trigger refuse_row on ${sql.table(table)}`.execute(query);
}
