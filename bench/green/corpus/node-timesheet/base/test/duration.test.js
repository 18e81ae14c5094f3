import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, formatDuration, parseDuration, roundTo } from '../src/duration.js';

test('durations are read', async (t) => {
  for (const [text, minutes] of [['45m', 45], ['2h', 120], ['1h05m', 65]]) {
    await t.test(text, () => assert.equal(parseDuration(text), minutes));
  }
});

test('what is no duration is an error', () => {
  assert.throws(() => parseDuration('soon'), TypeError);
  assert.throws(() => parseDuration(''), TypeError);
});

test('hours and minutes', () => {
  assert.equal(formatDuration(65), '1:05');
});

test('decimal hours', () => {
  assert.equal(formatDecimal(75), '1.25');
});

test('rounds to quarters', () => {
  assert.equal(roundTo(95), 90);
  assert.equal(roundTo(98), 105);
  assert.equal(roundTo(30), 30);
});
