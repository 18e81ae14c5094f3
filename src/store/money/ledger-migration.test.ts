import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { openDatabase } from '../database.ts';
import { migrate, readMigrations } from '../schema/migrate.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';
import { proveBudget } from './budget-proof.ts';

const order = '00000000-0000-7000-8000-000000000001';
const run = '00000000-0000-7000-8000-000000000002';

/** An envelope as the previous version stored it. */
const envelope = (id: string, status: string, actual: number | null) => `insert into cost_tracking
  (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, actual_nano_usd, window_keys)
  values ('${id}', 'reservation', '${status}', 'pipeline', '${order}', '${run}', 100, ${actual}, '{day:2026-01-01,month:2026-01}')`;
const call = (
  envelopeId: string,
  status: string,
  reserved: number,
  actual: number | null,
) => `insert into cost_tracking
  (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd, actual_nano_usd)
  values (gen_random_uuid(), 'actual', '${status}', 'proposer', '${order}', '${run}', '${envelopeId}', ${reserved}, ${actual})`;
const id = (n: number) => `00000000-0000-7000-8000-00000000010${n}`;

test('R-BUD-2: fear: after an upgrade the money of running work is counted twice, or not at all', async () => {
  const { url, drop } = await cloneDatabase('template1');
  onTestFinished(drop);
  const before = (await readMigrations()).filter(({ version }) => version < 6);
  await migrate(url, before);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  for (const statement of [
    `insert into projects (id, name, repository_path) values ('${order}', 'p', '/p')`,
    `insert into work_orders (id, project_id, title, time_limit_ms, cost_nano_usd, changed_by)
      values ('${order}', '${order}', 't', 1, 90, 'human:test')`,
    `insert into runs (id, work_order_id, number, kind, reservation_id) values ('${run}', '${order}', 1, 'work', '${id(1)}')`,
    envelope(id(1), 'held', null),
    call(id(1), 'settled', 40, 30),
    call(id(1), 'presumed', 20, 20),
    call(id(1), 'sent', 10, null),
    call(id(1), 'cancelled', 5, 0),
    envelope(id(2), 'settled', 60),
    // A call that was still unanswered when its run ended, and one that was answered after that.
    call(id(2), 'sent', 40, null),
    call(id(2), 'settled', 20, 15),
    envelope(id(3), 'settled', 25),
    envelope(id(4), 'cancelled', 0),
    `insert into budget_windows (key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd)
      values ('day:2026-01-01', 1000, 100, 25, 60), ('month:2026-01', 5000, 100, 999, 60)`,
  ])
    await client.query(statement);
  await client.end();
  await migrate(url);
  const database = openDatabase(url);
  onTestFinished(() => database.close());
  const windows = await database.query.selectFrom('budgetWindows').selectAll().orderBy('key').execute();
  expect(windows).toMatchObject([
    // Spent: 30 + 15 + 25. Presumed: 20 + 40. Left in the open envelope: 50.
    { key: 'day:2026-01-01', heldNanoUsd: 50n, spentNanoUsd: 70n, presumedNanoUsd: 60n },
    // These numbers did not add up before the migration, and are left as they are.
    { key: 'month:2026-01', heldNanoUsd: 100n, spentNanoUsd: 999n, presumedNanoUsd: 60n },
  ]);
  const differences = await proveBudget(database.query);
  expect(differences.map(({ of, counter }) => [of, counter])).toEqual([
    ['month:2026-01', 'held'],
    ['month:2026-01', 'spent'],
  ]);
});
