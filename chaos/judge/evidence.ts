// The rows that prove a finding: everything that the database says about its work order.
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Finding } from './case.ts';

/** So that a run in which everything is wrong still ends with a report that can be read. */
const findingsMax = 20;
const rowsMax = 200;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Adds to each finding about a work order the rows about it. */
export async function addRows(database: Database, findings: readonly Finding[]): Promise<void> {
  const about = findings.filter(({ id }) => uuid.test(id)).slice(0, findingsMax);
  for (const finding of about) {
    const rows = await rowsAbout(database, finding.id);
    if (rows.length > 0) finding.rows = [...(finding.rows ?? []), ...rows];
  }
}

async function rowsAbout(database: Database, id: string): Promise<string[]> {
  const { rows } = await database.run((query) =>
    sql<{ at: Date; what: string }>`
      select at, left(what, 300) as what from (
        select at, concat_ws(' ', 'event', kind, coalesce(to_state ->> 'step', ''), coalesce(to_state ->> 'status', ''),
          actor, reason) as what from work_order_events where work_order_id = ${id}::uuid
        union all
        select coalesce(started_at, created_at), concat_ws(' ', 'session', purpose, name, 'cycle', cycle, 'attempt', attempt,
          'on', host, 'run', right(run_id::text, 6), id, 'starts') from sessions where work_order_id = ${id}::uuid
        union all
        select coalesce(ended_at, created_at), concat_ws(' ', 'session', id, state, 'exit', exit_code, signal, end_reason)
          from sessions where work_order_id = ${id}::uuid
        union all
        select timestamp, concat_ws(' ', 'error', step, error_type, failure_class, recovery_strategy, error_message)
          from error_events where work_order_id = ${id}::uuid
        union all
        select created_at, concat_ws(' ', 'question', code, status, title) from escalations where work_order_id = ${id}::uuid
      ) as said order by at limit ${rowsMax}`.execute(query),
  );
  return rows.map(({ at, what }) => `${at.toISOString()} ${what}`);
}
