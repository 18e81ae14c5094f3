import test from 'node:test';
import assert from 'node:assert/strict';
import { logLine } from '../src/log.js';

test('a line is json with the request', () => {
  const line = JSON.parse(logLine({ method: 'GET', url: '/x', headers: { accept: '*/*' } }, 200, 12));
  assert.deepEqual(line, { method: 'GET', url: '/x', headers: { accept: '*/*' }, status: 200, ms: 12 });
});
