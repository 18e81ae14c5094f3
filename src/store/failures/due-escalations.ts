// Questions for which something is due: an answer to carry out, a default to apply or a reminder to send.

import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { findsAny } from '../work/runs/due-jobs.ts';
import type { Escalation } from './escalations.ts';

const isChosenShared = sql`status = 'chosen' and group_key is not null`;
const isDefaultDue = sql`status = 'open' and default_option is not null and default_at <= clock_timestamp()`;

/** Whether `listChosenShared` finds any. */
export const hasChosenShared = findsAny(sql`select from escalations where ${isChosenShared}`);

/** Whether `listDueDefaults` finds any. */
export const hasDueDefault = findsAny(sql`select from escalations where ${isDefaultDue}`);

/** Shared questions whose answer is chosen but not yet carried out for all work orders, oldest first. */
export async function listChosenShared(query: Query, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from escalations where ${isChosenShared}
    order by created_at limit ${limit}`.execute(query);
  return rows.map(({ id }) => id);
}

export async function listDueDefaults(query: Query, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from escalations
    where ${isDefaultDue}
    order by default_at limit ${limit}`.execute(query);
  return rows.map(({ id }) => id);
}

export async function removeDefault(query: Query, id: string, because: string): Promise<void> {
  await query
    .updateTable('escalations')
    .set({ defaultOption: null, defaultAt: null, carryOutFailure: `Default not applied: ${because}` })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .execute();
}

/** Whether anybody may have to be reminded. */
export const hasOpenQuestion = findsAny(sql`select from escalations where status = 'open'`);

/** Questions with a due reminder; `number` counts the reminders. Missed reminders are not sent later. */
export async function listDueReminders(
  query: Query,
  { afterMs, remindersMax, limit }: { afterMs: number; remindersMax: number; limit: number },
): Promise<Array<{ id: string; number: number }>> {
  const { rows } = await sql<{ id: string; number: number }>`
    select id, least(${remindersMax}::int, due)::int as number from (
      select id, reminders, floor(log(2, greatest(1, extract(epoch from clock_timestamp() - created_at) * 1000 / ${afterMs}::numeric)))::int
        + (extract(epoch from clock_timestamp() - created_at) * 1000 >= ${afterMs}::numeric)::int as due
      from escalations where status = 'open'
    ) as open where due > reminders and reminders < ${remindersMax} order by id limit ${limit}`.execute(
    query,
  );
  return rows;
}

/** Returns undefined if the question is no longer open, or if this reminder was sent before. */
export function markReminded(query: Query, id: string, number: number): Promise<Escalation | undefined> {
  return query
    .updateTable('escalations')
    .set({ reminders: number, remindedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .where('reminders', '<', number)
    .returningAll()
    .executeTakeFirst();
}
