import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retry } from '../src/index.js';

function failing(times, value = 'ok') {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls <= times) throw new Error(`no ${calls}`);
    return value;
  };
}

test('first success wins', async () => {
  assert.equal(await retry(failing(0)), 'ok');
});

test('backoff doubles', async () => {
  const waits = [];
  const sleep = async (ms) => waits.push(ms);
  assert.equal(await retry(failing(3), { attempts: 4, base: 10, sleep }), 'ok');
  assert.deepEqual(waits, [10, 20, 40]);
});

test('gives up with the last error', async () => {
  const sleep = async () => {};
  await assert.rejects(retry(failing(9), { attempts: 2, sleep }), /no 2/);
});
