import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { countWaiting, explainClaim, fillQueue, leaveWaiting } from './seed.ts';

const orders = 5_000;
const atOnce = 64;

test('R-DIST-4: the next work is read from an index, however many work orders wait', async () => {
  const database = await testDatabase();
  await fillQueue(database, orders, new AbortController().signal);
  expect(await countWaiting(database)).toBe(orders);
  const plan = await explainClaim(database, atOnce);
  expect(plan).toMatch(/Index Scan using \S+ on _private_jobs \(actual rows=64/);
  expect(plan).not.toMatch(/Sort|Seq Scan/);
  await leaveWaiting(database, atOnce);
  expect(await countWaiting(database)).toBe(atOnce);
});
