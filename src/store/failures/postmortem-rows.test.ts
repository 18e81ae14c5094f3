import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Query } from '../database.ts';
import { costOfRun } from '../figures/trends.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { firstCauseOf } from './postmortem-rows.ts';
import { systemStatesAt } from './system-states.ts';

const othersMax = 5_000;

/** Rows of the table that a query reads, whether or not they are in its answer. */
async function rowsRead(query: Query, table: string, act: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    const { rows } = await sql<{
      read: string;
    }>`select seq_tup_read + (select coalesce(sum(idx_tup_read), 0) from
      (select pg_stat_get_xact_tuples_returned(indexrelid) as idx_tup_read from pg_index where indrelid = relid) i) as read
      from pg_stat_xact_user_tables where relname = ${table}`.execute(query);
    return Number(rows[0]?.read ?? 0);
  };
  const before = await count();
  await act();
  return (await count()) - before;
}

test('R-ESC-8: fear: a post-mortem reads the failures, costs and circuits of all other work too', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'generating' });
  await sql`insert into error_events (id, error_type, severity, component, operation, error_message, failure_class,
      category, fingerprint, run_id)
    select gen_random_uuid(), 'OTHER', 'low', 'x', 'x', 'x', 'timeout', 'transient', 'x', gen_random_uuid()
    from generate_series(1, ${othersMax}::int)`.execute(database.query);
  await sql`insert into cost_tracking (id, type, status, service_name, reserved_nano_usd, actual_nano_usd, run_id)
    select gen_random_uuid(), 'actual', 'settled', 'x', 0, 1, gen_random_uuid()
    from generate_series(1, ${othersMax}::int)`.execute(database.query);
  await sql`insert into circuit_changes (key, phase) select 'provider:' || n % 2, 'open'
    from generate_series(1, ${othersMax}::int) n`.execute(database.query);
  await sql`analyze error_events, cost_tracking, circuit_changes`.execute(database.query);
  const read = await database.transaction(async (query) => [
    await rowsRead(query, 'error_events', () => firstCauseOf(query, workOrderId)),
    await rowsRead(query, 'cost_tracking', () => costOfRun(query, runId)),
    await rowsRead(query, 'circuit_changes', () => systemStatesAt(query, [new Date()])),
  ]);
  expect(Math.max(...read), read.join(' ')).toBeLessThan(100);
});
