import test from 'node:test';
import assert from 'node:assert/strict';
import { Limiter } from '../src/limiter.js';

test('allows up to the limit', () => {
  const l = new Limiter({ limit: 2, now: () => 0 });
  assert.deepEqual([l.allow('a'), l.allow('a'), l.allow('a')], [true, true, false]);
});

test('keys do not share a window', () => {
  const l = new Limiter({ limit: 1, now: () => 0 });
  assert.equal(l.allow('a'), true);
  assert.equal(l.allow('b'), true);
});

test('the window slides', () => {
  let t = 0;
  const l = new Limiter({ limit: 1, windowMs: 100, now: () => t });
  assert.equal(l.allow('a'), true);
  t = 99;
  assert.equal(l.allow('a'), false);
  t = 100;
  assert.equal(l.allow('a'), true);
});
