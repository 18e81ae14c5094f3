// For tests: what is in the queue, as its documented view shows it.
import { sql } from 'kysely';
import type { Query } from '../store/database.ts';

/** Each message as `RUN:LEG`, and `RUN:LEG later` if it is not due yet. */
export async function messagesIn(query: Query): Promise<string[]> {
  const { rows } = await sql<{
    message: string;
  }>`select key || case when run_at > clock_timestamp() then ' later'
      else '' end as message
    from moose_queue.jobs where key is not null order by 1`.execute(query);
  return rows.map(({ message }) => message);
}

/** Loses all messages, as nothing should. */
export async function loseMessages(query: Query): Promise<void> {
  await sql`select moose_queue.remove_job(key) from moose_queue.jobs where key is not null`.execute(query);
}
