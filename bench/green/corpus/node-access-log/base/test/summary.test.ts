import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { percentile, summarise } from '../src/summary.ts';
import { hits } from './load.ts';

describe('summary of a day', () => {
  const summary = summarise(hits('day'));

  test('counts', () => assert.equal(summary.hits, 5));
  test('by class', () => assert.deepEqual(summary.byClass, { ok: 3, failed: 2 }));
  test('busiest path', () => assert.equal(summary.busiest, '/a'));
  test('p95', () => assert.equal(summary.p95, 55));
});

test('percentiles', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(values, 95), 95);
  assert.equal(percentile(values, 50), 50);
});

test('an empty log', () => {
  assert.deepEqual(summarise([]), { hits: 0, byClass: {}, busiest: undefined, p95: 0 });
});
