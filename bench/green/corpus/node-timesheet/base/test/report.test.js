import assert from 'node:assert/strict';
import { test } from 'node:test';
import { billed, today } from '../src/report.js';

const entry = (over) => ({ date: '2025-11-03', minutes: 60, project: 'atlas', note: '', ...over });

test('sums by project', () => {
  const sums = billed([entry(), entry({ project: 'borealis' }), entry({ minutes: 30 })]);
  assert.deepEqual([...sums], [['atlas', 90], ['borealis', 60]]);
});

test('today keeps what is dated today', () => {
  const date = new Date().toISOString().slice(0, 10);
  const entries = [entry({ date }), entry({ date: '2001-01-01' })];
  assert.deepEqual(today(entries), [entries[0]]);
});
