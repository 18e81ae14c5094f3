import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cache } from '../src/index.js';
import { fakeClock } from './helpers/clock.js';

test('returns what was stored', () => {
  const cache = new Cache();
  cache.set('a', 1).set('b', undefined);
  assert.equal(cache.get('a'), 1);
  assert.equal(cache.get('nope'), undefined);
  assert.equal(cache.size, 2);
});

test('forgets after maxAge', () => {
  const clock = fakeClock();
  const cache = new Cache({ maxAge: 50, now: clock.now });
  cache.set('a', 1);
  clock.tick(49);
  assert.equal(cache.get('a'), 1);
  clock.tick(1);
  assert.equal(cache.get('a'), undefined);
  assert.equal(cache.size, 0);
});

test('drops the oldest when full', () => {
  const cache = new Cache({ max: 2 });
  cache.set('a', 1).set('b', 2).set('c', 3);
  assert.equal(cache.get('a'), undefined);
  assert.equal(cache.get('c'), 3);
});

test('rejects a senseless max', () => {
  assert.throws(() => new Cache({ max: 0 }), RangeError);
});
