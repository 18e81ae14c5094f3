import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { systemStatesAt } from '../../../store/failures/system-states.ts';
import { oldRecordsJob } from './old-records-job.ts';

const now = new Date('2026-11-01T00:00:00Z');
const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);

test('R-DIST-6: fear: a circuit that opens and closes all the time fills the database, or its state is forgotten', async () => {
  const database = await testDatabase();
  await sql`insert into circuit_changes (key, phase, at)
    select 'provider:acme', case n % 2 when 0 then 'open' else 'closed' end, ${daysAgo(40)}::timestamptz + n * interval '1 second'
    from generate_series(1, 1200) n`.execute(database.query);
  await sql`insert into circuit_changes (key, phase, at) values ('provider:acme', 'closed', ${daysAgo(1)})`.execute(
    database.query,
  );
  const settings = { finishedKeptMs: 30 * dayMs };
  await oldRecordsJob({ database, clock: { now: () => now } as never, settings }).run(
    new AbortController().signal,
  );
  const { rows } = await sql<{ phase: string }>`select phase from circuit_changes order by at`.execute(
    database.query,
  );
  expect(rows).toEqual([{ phase: 'open' }, { phase: 'closed' }]);
  const states = await systemStatesAt(database.query, [daysAgo(20), now]);
  expect(states.map(({ circuits }) => circuits.length)).toEqual([1, 0]);
});
