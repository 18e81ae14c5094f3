import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retry } from '../src/retry.js';

test('tries again', async () => {
  const result = await retry(async (count) => {
    if (count < 3) throw new Error('not yet');
    return count;
  });
  assert.equal(result, 3);
});

test('gives up with the last error', async () => {
  await assert.rejects(
    retry(async (count) => {
      throw new Error(`failed ${count}`);
    }, { times: 2 }),
    /failed 2/,
  );
});
