import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { budgetFigures } from '../figures/health-figures.ts';
import { standingFigures } from '../figures/metric-figures.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { budgetRows } from './budget-report.ts';
import { cancelReservation } from './costs.ts';
import { limitsOf, thawLimits } from './limits.ts';

const shared = sharedDatabase();

async function inZone(zone: string): Promise<Database> {
  const database = shared();
  await sql`update system_config set value = to_jsonb(${zone}::text) where key = 'budget.time_zone'`.execute(
    database.query,
  );
  return database;
}

async function windowsAt(
  database: Database,
  at: string,
  service = 'pipeline',
  metadata = {},
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from budget_windows_of(${JSON.stringify(metadata)}::jsonb, ${service}, ${at}::timestamptz)`.execute(
    database.query,
  );
  return rows.map(({ key }) => key);
}

test.each([
  ['UTC', '2026-12-31T23:59:59.999Z', 'day:2026-12-31', 'month:2026-12'],
  ['UTC', '2027-01-01T00:00:00Z', 'day:2027-01-01', 'month:2027-01'],
  // The clock goes forward at 01:00 UTC: the day has 23 hours.
  ['Europe/Berlin', '2026-03-28T22:59:59Z', 'day:2026-03-28', 'month:2026-03'],
  ['Europe/Berlin', '2026-03-28T23:00:00Z', 'day:2026-03-29', 'month:2026-03'],
  ['Europe/Berlin', '2026-03-29T21:59:59Z', 'day:2026-03-29', 'month:2026-03'],
  ['Europe/Berlin', '2026-03-29T22:00:00Z', 'day:2026-03-30', 'month:2026-03'],
  // The clock goes back: the day has 25 hours.
  ['Europe/Berlin', '2026-10-24T22:00:00Z', 'day:2026-10-25', 'month:2026-10'],
  ['Europe/Berlin', '2026-10-25T22:59:59Z', 'day:2026-10-25', 'month:2026-10'],
  ['Europe/Berlin', '2026-10-25T23:00:00Z', 'day:2026-10-26', 'month:2026-10'],
  // In Cairo, the change in spring skips midnight itself.
  ['Africa/Cairo', '2026-04-23T21:59:59Z', 'day:2026-04-23', 'month:2026-04'],
  ['Africa/Cairo', '2026-04-23T22:00:00Z', 'day:2026-04-24', 'month:2026-04'],
  ['America/New_York', '2026-11-01T03:59:59Z', 'day:2026-10-31', 'month:2026-10'],
  ['America/New_York', '2026-11-02T04:59:59Z', 'day:2026-11-01', 'month:2026-11'],
  ['Asia/Kathmandu', '2026-06-30T18:14:59Z', 'day:2026-06-30', 'month:2026-06'],
  ['Asia/Kathmandu', '2026-06-30T18:15:00Z', 'day:2026-07-01', 'month:2026-07'],
])('R-BUD-2: in %s, the time %s belongs to %s', async (zone, at, ...windows) => {
  expect(await windowsAt(await inZone(zone), at)).toEqual(windows);
});

test.each([
  ['UTC', '2027-01-01', '2027-01-01T00:00:00.000Z'],
  ['Asia/Kathmandu', '2026-07-01', '2026-06-30T18:15:00.000Z'],
  // These clocks go back from one o'clock to midnight, so the first hour comes twice.
  ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
  ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00.000Z'],
  // This one skips midnight.
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
])('R-BUD-2: fear: in %s, %s begins too late', async (zone, day, beginning) => {
  const database = await inZone(zone);
  const { rows } = await sql<{ at: Date }>`select began_at(${day}::timestamp, ${zone}) as at`.execute(
    database.query,
  );
  const at = rows[0]?.at ?? new Date(0);
  expect(at.toISOString()).toBe(beginning);
  expect(await windowsAt(database, beginning)).toContain(`day:${day}`);
  expect(await windowsAt(database, new Date(at.getTime() - 1).toISOString())).not.toContain(`day:${day}`);
});

test('R-BUD-8: the costs of the Architect count only for the month, whatever it works for', async () => {
  const database = await inZone('UTC');
  const { projectId, workOrderId } = await aWorkOrderAtWork(database, {
    projectLimitUsd: 2,
    limitNanoUsd: 1n,
  });
  const metadata = { project_id: projectId, work_order_id: workOrderId };
  const at = '2026-05-05T05:05:05Z';
  expect(await windowsAt(database, at, 'architect', metadata)).toEqual(['month:2026-05']);
  expect(await windowsAt(database, at, 'pipeline', metadata)).toEqual([
    'day:2026-05-05',
    'month:2026-05',
    `project:${projectId}`,
    `work_order:${workOrderId}`,
  ]);
});

async function reserve(database: Database, nanoUsd: number, at: string): Promise<ReservationId> {
  const { rows } = await sql<{ id: ReservationId }>`select reservation_id as id
    from reserve_in_windows(${nanoUsd}, 'test', '{}', ${at}::timestamptz)`.execute(database.query);
  return rows[0]?.id as ReservationId;
}

test('R-BUD-2: two reservations before and after the midnight of a month settle in different windows', async () => {
  const database = await inZone('Europe/Berlin');
  // With summer time, midnight is at 22:00 UTC.
  const before = await reserve(database, 7, '2026-09-30T21:59:59.999Z');
  const after = await reserve(database, 5, '2026-09-30T22:00:00Z');
  await sql`select settle_reservation(${before}, 4)`.execute(database.query);
  await cancelReservation(database.query, after);
  const { rows } = await sql`select key, held_nano_usd::int as held, spent_nano_usd::int as spent
    from budget_windows order by key`.execute(database.query);
  expect(rows).toEqual([
    { key: 'day:2026-09-30', held: 0, spent: 4 },
    { key: 'day:2026-10-01', held: 0, spent: 0 },
    { key: 'month:2026-09', held: 0, spent: 4 },
    { key: 'month:2026-10', held: 0, spent: 0 },
  ]);
});

test('R-BUD-2: fear: a freeze ends with its month, although nobody has checked the bound that was wrong', async () => {
  const database = await inZone('UTC');
  const { query } = database;
  const before = await reserve(database, 7, '2026-09-30T23:59:00Z');
  const after = await reserve(database, 7, '2026-10-01T00:01:00Z');
  const take = async (nanoUsd: number) =>
    (await sql<{ answer: string }>`select take_from_envelope(${after}, ${nanoUsd}) as answer`.execute(query))
      .rows[0]?.answer;
  expect(await take(1)).toBe('drawn');
  await sql`select settle_reservation(${before}, 8)`.execute(query);
  expect(await take(1)).toBe('frozen');
  expect(await reserve(database, 1, '2026-10-01T00:02:00Z')).toBeNull();
  expect(await reserve(database, 1, '2026-11-01T00:00:00Z')).toBeNull();
  const frozen = [{ isFrozen: true }, { isFrozen: true }];
  expect(await limitsOf(query)).toMatchObject(frozen);
  expect(await budgetFigures(query)).toMatchObject(frozen);
  expect((await standingFigures(query)).windows).toMatchObject(frozen);
  expect((await budgetRows(query)).windows.every(({ isFrozen }) => isFrozen)).toBe(true);
  expect(await database.transaction(thawLimits)).toEqual(['day:2026-09-30', 'month:2026-09']);
  expect(await take(1)).toBe('drawn');
  expect(await reserve(database, 1, '2026-11-01T00:00:00Z')).not.toBeNull();
});
