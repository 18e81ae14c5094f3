import test from 'node:test';
import assert from 'node:assert/strict';
import { bucket, percentOn } from '../src/rollout.js';

const steps = [{ day: 1, percent: 10 }, { day: 5, percent: 50 }];

test('percent on a day', () => {
  assert.deepEqual([0, 1, 4, 5, 9].map((d) => percentOn(steps, d)), [0, 10, 10, 50, 50]);
});

test('buckets are stable', () => {
  assert.equal(bucket('ada'), bucket('ada'));
  assert.ok(bucket('bob') >= 0 && bucket('bob') < 100);
});
