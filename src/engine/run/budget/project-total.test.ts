// The limit of all work in a project, while people change it, lift it and set it again.
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { type Database, openDatabase } from '../../../store/database.ts';
import { budgetRows } from '../../../store/money/budget-report.ts';
import { cancelReservation, reserveBudget } from '../../../store/money/costs.ts';
import { limitsOf } from '../../../store/money/limits.ts';
import { changeProjectSettings, projectOf } from '../../../store/work/projects/projects.ts';
import { differences } from './ledger-ground.fixture.ts';

const dollar = 1_000_000_000n;
const clients = 8;

async function ground() {
  const database = await testDatabase();
  const { id } = await projectOf(database.query, '/srv/shop', new Date());
  const metadata = { project_id: id };
  const set = (limitUsd: number | null, on: Database = database) =>
    on.transaction((query) => changeProjectSettings(query, id, { limit_usd: limitUsd }));
  const reserve = async (usd: bigint, on: Database = database) =>
    (await reserveBudget(on.query, usd * dollar, 'test', metadata)).reservationId;
  const used = async () =>
    (await limitsOf(database.query, metadata)).find(({ key }) => key === `project:${id}`)?.usedNanoUsd;
  const shown = async () =>
    (await database.run(budgetRows)).windows
      .filter(({ key }) => key === `project:${id}`)
      .map(({ limitNanoUsd, heldNanoUsd }) => [limitNanoUsd, heldNanoUsd]);
  return { database, set, reserve, used, shown };
}

test('R-BUD-1: fear: what was spent while the limit of a project was lifted does not count when it is set again', async () => {
  const { database, set, reserve, used } = await ground();
  expect(await reserve(1n)).not.toBeNull();
  await set(20);
  const first = await reserve(15n);
  await set(null);
  const unlimited = await reserve(50n);
  await set(20);
  // It counts from when it was first set.
  expect(await used()).toBe(65n * dollar);
  expect(await reserve(1n)).toBeNull();
  await set(70);
  expect(await reserve(5n)).not.toBeNull();
  expect(await used()).toBe(70n * dollar);
  for (const id of [first, unlimited]) await cancelReservation(database.query, id ?? ('' as never));
  expect(await used()).toBe(5n * dollar);
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: fear: a reservation that runs while the limit of a project is set again escapes it', async () => {
  const { database, set, reserve, used } = await ground();
  const many = openDatabase(database.url, { connectionsMax: clients });
  onTestFinished(() => many.close());
  await set(1);
  expect(await reserve(1n)).not.toBeNull();
  await set(null);
  const reserved = Array.from({ length: clients }, async (_, at) => {
    let count = 0n;
    for (let tries = 0; tries < 3; tries++) {
      if (at === 0 && tries === 1) await set(10, many);
      if ((await reserve(1n, many)) !== null) count += 1n;
    }
    return count;
  });
  const held = (await Promise.all(reserved)).reduce((sum, one) => sum + one, 1n);
  expect(await used()).toBe(held * dollar);
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-1: fear: the budget shows the limit of a project as it was when money was last reserved', async () => {
  const { set, reserve, shown } = await ground();
  await set(20);
  const held = 3n * dollar;
  expect(await reserve(3n)).not.toBeNull();
  await set(5);
  expect(await shown()).toEqual([[5n * dollar, held]]);
  await set(50);
  expect(await shown()).toEqual([[50n * dollar, held]]);
});

test('R-BUD-1: fear: the budget shows a limit of a project that is no more', async () => {
  const { database, set, reserve, shown } = await ground();
  await set(20);
  await cancelReservation(database.query, (await reserve(3n)) ?? ('' as never));
  expect(await shown()).toHaveLength(1);
  await set(null);
  expect(await shown()).toEqual([]);
});
