import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParseError, parse } from '../src/parse.js';

test('an entry with a duration', () => {
  assert.deepEqual(parse('2025-11-03 1h30m atlas'), [{ date: '2025-11-03', minutes: 90, project: 'atlas', note: '' }]);
});

test('an entry from when to when', () => {
  const [entry] = parse('2025-11-03 09:00-12:30 atlas fix  login');
  assert.equal(entry.minutes, 210);
  assert.equal(entry.note, 'fix login');
});

test('comments and empty lines are skipped', () => {
  assert.deepEqual(parse('# nothing\n\n   \n'), []);
});

test('the line of an error', () => {
  assert.throws(() => parse('# one\ntoday 1h atlas'), (error) => error instanceof ParseError && error.line === 2);
});
