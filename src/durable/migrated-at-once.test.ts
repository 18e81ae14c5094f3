import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import { migrateDurable } from './migrate-durable.ts';

const processes = 4;

test('R-BASE-6: fear: a command that starts beside the first `moose up` fails, because both create the engine’s tables', async () => {
  const cloned = await cloneDatabase('template1');
  onTestFinished(() => cloned.drop());
  const made = await Promise.allSettled(Array.from({ length: processes }, () => migrateDurable(cloned.url)));
  expect(made.map((one) => (one.status === 'rejected' ? String(one.reason) : 'made'))).toEqual(
    Array.from({ length: processes }, () => 'made'),
  );
});
