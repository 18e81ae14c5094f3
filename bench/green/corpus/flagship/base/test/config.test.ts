import test from 'node:test';
import assert from 'node:assert/strict';
import { fromEnv } from '../src/config.js';

test('defaults', () => {
  assert.deepEqual(fromEnv({}), { endpoint: 'http://localhost:4242', timeoutMs: 500 });
});

test('from the environment', () => {
  assert.deepEqual(fromEnv({ FLAGS_ENDPOINT: 'http://f', FLAGS_TIMEOUT_MS: '20' }), { endpoint: 'http://f', timeoutMs: 20 });
});
