import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { nanoUsdPerUsd } from '../../domain/money.ts';
import { type Database, openDatabase } from '../database.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { reserveBudget } from './costs.ts';

const shared = sharedDatabase();

const usd = (amount: number) => BigInt(Math.round(amount * 1e6)) * (nanoUsdPerUsd / 1_000_000n);

async function setting(database: Database, key: string, value: unknown): Promise<void> {
  await sql`update system_config set value = ${JSON.stringify(value)}::jsonb where key = ${`budget.${key}`}`.execute(
    database.query,
  );
}

const reserve = (database: Database, amount: bigint, metadata: Record<string, unknown> = {}) =>
  database.run((query) => reserveBudget(query, amount, 'test', metadata));

async function reserved(database: Database, amount: bigint): Promise<ReservationId> {
  const { reservationId } = await reserve(database, amount);
  if (reservationId === null) throw new Error('The reservation was refused');
  return reservationId;
}

const settle = async (database: Database, id: ReservationId, actual: bigint, presumed = 0n) => {
  const { rows } = await sql<{ done: boolean }>`select settle_reservation(${id}, ${actual.toString()}::bigint,
    ${presumed.toString()}::bigint) as done`.execute(database.query);
  return rows[0]?.done;
};

const windows = (database: Database) =>
  database.query.selectFrom('budgetWindows').selectAll().orderBy('key').execute();

async function windowOf(database: Database, prefix: string) {
  const found = (await windows(database)).find(({ key }) => key.startsWith(prefix));
  if (!found) throw new Error(`There is no window ${prefix}`);
  return found;
}

test('R-BUD-1: it returns whether the work may proceed, what is reserved then, and the reservation', async () => {
  const database = shared();
  expect(await reserve(database, usd(2))).toEqual({
    canProceed: true,
    currentTotalNanoUsd: usd(2),
    reservationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(await reserve(database, usd(3))).toMatchObject({ currentTotalNanoUsd: usd(5) });
  expect(await reserve(database, usd(95.000001))).toEqual({
    canProceed: false,
    currentTotalNanoUsd: usd(5),
    reservationId: null,
  });
});

test('R-BUD-2: of 64 concurrent requests over two pools, 20 fit and exactly 20 are admitted', async () => {
  const database = shared();
  await setting(database, 'daily_limit_usd', 20 * 0.3);
  const other = openDatabase(database.url, { connectionsMax: 8 });
  onTestFinished(() => other.close());
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, index) => reserve(index % 2 === 0 ? database : other, usd(0.3))),
  );
  expect(answers.filter(({ canProceed }) => canProceed)).toHaveLength(20);
  for (const { heldNanoUsd } of await windows(database)) expect(heldNanoUsd).toBe(usd(6));
});

test('R-CHA-2: of two concurrent requests for the rest of the budget, one is admitted', async () => {
  const database = shared();
  await setting(database, 'daily_limit_usd', 1);
  const answers = await Promise.all([reserve(database, usd(0.6)), reserve(database, usd(0.6))]);
  expect(answers.map(({ canProceed }) => canProceed).sort()).toEqual([false, true]);
});

test('R-BUD-1: if a request fits the day but not the month, nothing is reserved in either', async () => {
  const database = shared();
  await reserve(database, usd(1));
  await setting(database, 'monthly_limit_usd', 3);
  expect(await reserve(database, usd(2.5))).toMatchObject({ canProceed: false, currentTotalNanoUsd: usd(1) });
  for (const { heldNanoUsd } of await windows(database)) expect(heldNanoUsd).toBe(usd(1));
  const holds = await database.query.selectFrom('costTracking').selectAll().execute();
  expect(holds).toHaveLength(1);
});

test.each([
  ['project', { projectLimitUsd: 2 }],
  ['work order', { limitNanoUsd: usd(2) }],
])('R-BUD-1: the limit of a %s applies only to it', async (_, limit) => {
  const database = shared();
  const tight = await aWorkOrderAtWork(database, { repositoryPath: '/srv/tight', ...limit });
  const free = await aWorkOrderAtWork(database, { repositoryPath: '/srv/free' });
  const ask = ({ workOrderId, projectId, runId }: typeof tight) =>
    reserve(database, usd(1.5), { work_order_id: workOrderId, project_id: projectId, run_id: runId });
  expect((await ask(tight)).canProceed).toBe(true);
  expect((await ask(tight)).canProceed).toBe(false);
  expect((await ask(free)).canProceed).toBe(true);
  expect((await windowOf(database, 'day:')).heldNanoUsd).toBe(usd(3));
});

test('R-BUD-1: a changed limit applies from the next reservation on', async () => {
  const database = shared();
  await setting(database, 'daily_limit_usd', 1);
  expect((await reserve(database, usd(2))).canProceed).toBe(false);
  await setting(database, 'daily_limit_usd', 3);
  expect((await reserve(database, usd(2))).canProceed).toBe(true);
  expect((await windowOf(database, 'day:')).limitNanoUsd).toBe(usd(3));
});

test('R-BUD-2: a limit below the spent amount refuses everything, and open reservations still settle', async () => {
  const database = shared();
  const id = await reserved(database, usd(5));
  await setting(database, 'daily_limit_usd', 2);
  expect(await reserve(database, 1n)).toMatchObject({ canProceed: false, currentTotalNanoUsd: usd(5) });
  expect(await settle(database, id, usd(4))).toBe(true);
  expect((await reserve(database, 1n)).canProceed).toBe(false);
  expect(await windowOf(database, 'day:')).toMatchObject({ spentNanoUsd: usd(4), isFrozen: false });
});

test('R-BUD-2: a reservation settles once; its unspent rest is released', async () => {
  const database = shared();
  const id = await reserved(database, usd(5));
  const answers = await Promise.all([settle(database, id, usd(2)), settle(database, id, usd(1))]);
  expect(answers.sort()).toEqual([false, true]);
  expect(await settle(database, id, 0n)).toBe(false);
  const { heldNanoUsd, spentNanoUsd } = await windowOf(database, 'day:');
  expect(heldNanoUsd).toBe(0n);
  expect([usd(1), usd(2)]).toContain(spentNanoUsd);
});

test('R-BUD-1: a cancelled reservation is released, and cannot be settled after that', async () => {
  const database = shared();
  const id = await reserved(database, usd(5));
  expect(await settle(database, id, 0n)).toBe(true);
  expect(await settle(database, id, usd(1))).toBe(false);
  expect(await windowOf(database, 'day:')).toMatchObject({ heldNanoUsd: 0n, spentNanoUsd: 0n });
  const [hold] = await database.query.selectFrom('costTracking').selectAll().execute();
  expect(hold).toMatchObject({ status: 'cancelled', actualNanoUsd: 0n });
});

test('R-BUD-2: presumed spend is never released, and counts against the limit', async () => {
  const database = shared();
  await setting(database, 'daily_limit_usd', 5);
  await settle(database, await reserved(database, usd(5)), usd(1), usd(3));
  expect(await windowOf(database, 'day:')).toMatchObject({
    heldNanoUsd: 0n,
    spentNanoUsd: usd(1),
    presumedNanoUsd: usd(3),
  });
  expect((await reserve(database, usd(1.5))).canProceed).toBe(false);
  expect((await reserve(database, usd(1))).canProceed).toBe(true);
});

test('R-BUD-2: a settlement above its reservation is booked, freezes the windows and raises an alert', async () => {
  const database = shared();
  const id = await reserved(database, usd(1));
  expect(await settle(database, id, usd(1.25), usd(0.25))).toBe(true);
  for (const prefix of ['day:', 'month:']) {
    expect(await windowOf(database, prefix)).toMatchObject({
      spentNanoUsd: usd(1.25),
      presumedNanoUsd: usd(0.25),
      overrunNanoUsd: usd(0.5),
      isFrozen: true,
    });
  }
  expect((await reserve(database, 1n)).canProceed).toBe(false);
  const alerts = await database.query.selectFrom('systemAlerts').selectAll().execute();
  expect(alerts).toMatchObject([{ severity: 'critical', component: 'budget' }]);
});

test('R-BUD-2: a reservation from before midnight settles in its own day, even after midnight', async () => {
  const database = shared();
  // The two time zones are 26 hours apart, so they always have different dates.
  await setting(database, 'time_zone', 'Etc/GMT+12');
  const id = await reserved(database, usd(2));
  const before = await windowOf(database, 'day:');
  await setting(database, 'time_zone', 'Pacific/Kiritimati');
  await reserve(database, usd(3));
  expect(await settle(database, id, usd(1.5))).toBe(true);
  const days = (await windows(database)).filter(({ key }) => key.startsWith('day:'));
  expect(
    days.map(({ key, heldNanoUsd, spentNanoUsd }) => [key === before.key, heldNanoUsd, spentNanoUsd]),
  ).toEqual([
    [true, 0n, usd(1.5)],
    [false, usd(3), 0n],
  ]);
});

test('R-BUD-1: an invalid amount is refused with its own code, and nothing is reserved', async () => {
  const database = shared();
  for (const amount of ['0', '-1', "'NaN'", "'Infinity'", "'-Infinity'", '1e9', '1e300', 'null']) {
    const asked = database.run((query) =>
      sql`select * from check_and_reserve_budget(${sql.raw(amount)}::numeric, 'test')`.execute(query),
    );
    await expect(asked, amount).rejects.toMatchObject({ code: 'RESERVATION_INVALID' });
  }
  expect(await windows(database)).toEqual([]);
});

test('R-BUD-2: a settlement below 0 is refused, because it would free money that does not exist', async () => {
  const database = shared();
  const id = await reserved(database, usd(1));
  await expect(
    database.run((query) => sql`select settle_reservation(${id}, -5, 0)`.execute(query)),
  ).rejects.toMatchObject({ code: 'RESERVATION_INVALID' });
});

test('R-BUD-1: amounts are reserved exactly, to the last nano-dollar', async () => {
  const database = shared();
  await setting(database, 'daily_limit_usd', 1_000_000_000);
  await setting(database, 'monthly_limit_usd', 1_000_000_000);
  for (const amount of [1n, 999_999_999n, 123_456_789_123_456_789n, 999_999_999_999_999_999n]) {
    const { currentTotalNanoUsd, reservationId } = await reserve(database, amount);
    expect(currentTotalNanoUsd).toBe(amount);
    expect((await windowOf(database, 'day:')).heldNanoUsd).toBe(amount);
    await settle(database, reservationId ?? ('' as ReservationId), 0n);
  }
  // Less than one nano-dollar is rounded up to one.
  await sql`select * from check_and_reserve_budget(0.00000000001, 'test')`.execute(database.query);
  expect((await windowOf(database, 'day:')).heldNanoUsd).toBe(1n);
});

test('R-BUD-1: a limit or time zone that was removed from the settings is the default, not none', async () => {
  const database = shared();
  await sql`delete from system_config`.execute(database.query);
  expect((await reserve(database, usd(100.01))).canProceed).toBe(false);
  expect((await reserve(database, usd(100))).canProceed).toBe(true);
});

test('R-BUD-2: with an invalid setting nothing is admitted', async () => {
  const database = shared();
  for (const [key, value, sound] of [
    ['daily_limit_usd', -1, 100],
    ['daily_limit_usd', 'NaN', 100],
    ['monthly_limit_usd', 'much', 500],
    ['time_zone', 'Europe/Nowhere', 'UTC'],
  ] as const) {
    await setting(database, key, value);
    await expect(reserve(database, 1n), `${key} ${value}`).rejects.toMatchObject({
      code: 'DATABASE_REFUSED',
    });
    await setting(database, key, sound);
  }
  expect((await reserve(database, 1n)).canProceed).toBe(true);
});
