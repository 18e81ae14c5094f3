import test from 'node:test';
import assert from 'node:assert/strict';
import { fetchJson } from '../src/index.js';

const answer = (status, body) => ({ ok: status < 400, status, json: async () => body });

test('returns the body', async () => {
  assert.deepEqual(await fetchJson('http://x/', { fetch: async () => answer(200, { a: 1 }) }), { a: 1 });
});

test('rejects on an error status', async () => {
  await assert.rejects(fetchJson('http://x/', { fetch: async () => answer(500) }), /500/);
});
