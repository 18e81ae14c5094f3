import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../../store/database.ts';
import { rolledDaysMax } from '../../store/figures/roll-up-days.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { rollUpJob } from '../watch/roll-up-job.ts';
import { askTrends } from './trends.ts';

const dayMs = 24 * 3_600_000;
const now = new Date(Math.floor(Date.now() / dayMs) * dayMs + 3_600_000);
const clock = { now: () => now };

const rolledDays = async ({ query }: Database) =>
  Number(
    (await query.selectFrom('rolledDays').select(sql<bigint>`count(*)`.as('days')).executeTakeFirstOrThrow())
      .days,
  );

async function failedAt(database: Database, at: Date): Promise<void> {
  await sql`insert into error_events (id, timestamp, error_type, severity, component, operation, error_message, failure_class,
      category, fingerprint, recovery_strategy, recovery_success, resolution_time_ms)
    values (gen_random_uuid(), ${at}, 'X', 'low', 'test', 'test', 'x', 'timeout', 'transient', 'f', 'retry', true, 250)`.execute(
    database.query,
  );
}

test('who looks at months sums their days up where nobody has, and who looks at a day does not', async () => {
  const database = await testDatabase();
  const { trends } = askTrends({ database, clock });
  await failedAt(database, new Date(now.getTime() - 40 * dayMs));
  expect((await trends('7d')).totals.errors).toBe(0);
  expect(await rolledDays(database)).toBe(0);
  const asked = await trends('90d');
  expect(asked).toMatchObject({
    totals: { errors: 1 },
    errors: [{ failure_class: 'timeout', count: 1, recovered: 1 }],
    recovery: { failures: 1, recovered: 1, rate: 1, mean_time_to_recover_ms: 250 },
  });
  expect(Date.parse(asked.since) % (3 * dayMs)).toBe(0);
  expect(await rolledDays(database)).toBeGreaterThanOrEqual(3 * (rolledDaysMax - 1));
});

test('R-UI-3: a periodic job sums up the days that are over, and again what has changed', async () => {
  const database = await testDatabase();
  const job = ifDue(database, rollUpJob(database));
  const { signal } = new AbortController();
  const at = new Date(now.getTime() - 2 * dayMs);
  await failedAt(database, at);
  await job.run(signal);
  await failedAt(database, at);
  await job.run(signal);
  const { rows } = await sql<{ errors: bigint }>`select errors from error_days`.execute(database.query);
  expect(rows).toEqual([{ errors: 2n }]);
  expect((await askTrends({ database, clock }).trends('30d')).totals.errors).toBe(2);
});
