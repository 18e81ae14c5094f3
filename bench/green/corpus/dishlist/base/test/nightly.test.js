import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { nightly } from '../src/nightly.js';
import { loadPlan } from '../src/store.js';

test('a night', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dishlist-'));
  const get = async () => ({ ok: true, status: 200, json: async () => [{ article: 'soup', cents: 320 }] });
  await nightly({ folder, url: 'http://supplier', weeks: [{ title: 'One', days: ['mon'], dishes: ['soup'] }], get });
  assert.deepEqual(await loadPlan(folder, 'One'), [{ day: 'mon', dish: 'soup', cents: 320 }]);
  await rm(folder, { recursive: true });
});
