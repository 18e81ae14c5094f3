import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as store from '../src/store.js';

const inFolder = async (use) => {
  const folder = await mkdtemp(join(tmpdir(), 'dishlist-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('what is saved can be loaded', () =>
  inFolder(async (folder) => {
    await store.savePlan(folder, { title: 'One', week: [{ day: 'mon', dish: 'soup' }] });
    assert.deepEqual(await store.loadPlan(folder, 'One'), [{ day: 'mon', dish: 'soup' }]);
  }));

test('all are saved', () =>
  inFolder(async (folder) => {
    await store.saveAll(folder, [{ title: 'One', week: [1] }, { title: 'Two', week: [2] }]);
    assert.deepEqual(await store.loadPlan(folder, 'Two'), [2]);
  }));
