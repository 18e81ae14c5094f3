import assert from 'node:assert/strict';
import test from 'node:test';
import { parseMinutes } from '../src/duration.js';

test('hours and minutes add up', () => {
  assert.equal(parseMinutes('1h30m'), 90);
  assert.equal(parseMinutes('45m'), 45);
});

test('what is not a duration is refused', () => {
  for (const text of ['', 'soon', '30m1h', '5', '1h and a bit']) {
    assert.throws(() => parseMinutes(text), RangeError, text);
  }
});
