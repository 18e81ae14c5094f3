import test from 'node:test';
import assert from 'node:assert/strict';
import { Queue } from '../src/index.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('runs jobs in order', async () => {
  const seen = [];
  const q = new Queue();
  await Promise.all([1, 2, 3].map((n) => q.push(async () => seen.push(n))));
  assert.deepEqual(seen, [1, 2, 3]);
});

test('passes results and errors on', async () => {
  const q = new Queue();
  assert.equal(await q.push(() => 7), 7);
  await assert.rejects(q.push(() => { throw new Error('no'); }), /no/);
});

test('keeps to the concurrency', async () => {
  let now = 0, most = 0;
  const q = new Queue({ concurrency: 2 });
  await Promise.all(Array.from({ length: 6 }, () => q.push(async () => {
    now += 1;
    most = Math.max(most, now);
    await tick();
    now -= 1;
  })));
  assert.equal(most, 2);
});
