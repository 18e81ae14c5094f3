// fear: anybody with read access can keep a server busy with the figures of thousands of work orders.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { askPolicy } from './ask-policy.ts';

const shared = sharedDatabase();

test('those who ask at the same time, or soon after, get the same answer', async () => {
  const { learnedPolicy } = askPolicy({ database: shared() });
  const [first, second] = await Promise.all([learnedPolicy(), learnedPolicy()]);
  expect(second).toBe(first);
  expect(await learnedPolicy()).toBe(first);
});

test('a failure is not kept', async () => {
  let fails = true;
  const database = shared();
  const { learnedPolicy } = askPolicy({
    database: {
      ...database,
      run: (act, signal) => (fails ? Promise.reject(new Error('away')) : database.run(act, signal)),
    },
  });
  await expect(learnedPolicy()).rejects.toThrow('away');
  fails = false;
  expect(await learnedPolicy()).toMatchObject({ decisions: [] });
});
