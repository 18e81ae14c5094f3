import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../src/parse-line.ts';
import { lines } from './load.ts';

test('a line has all its parts', () => {
  assert.deepEqual(parseLine('::1 [2026-02-01T08:00:00Z] "GET /x?y=1" 200 7ms "a b"'), {
    ip: '::1',
    at: new Date('2026-02-01T08:00:00Z'),
    method: 'GET',
    path: '/x?y=1',
    status: 200,
    ms: 7,
    agent: 'a b',
  });
});

test('comments and empty lines are skipped', () => {
  assert.equal(parseLine(''), undefined);
  assert.equal(parseLine('# hello'), undefined);
});

test('what is no line', async (t) => {
  for (const line of ['hello', '10.0.0.1 "GET /" 200', '10.0.0.1 [x] "GET /" 20 1ms ""']) {
    await t.test(line, () => assert.throws(() => parseLine(line), SyntaxError));
  }
});

test('every line of a day is read', () => {
  for (const line of lines('day')) assert.doesNotThrow(() => parseLine(line));
});
