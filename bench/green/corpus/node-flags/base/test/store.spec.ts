import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlagStore } from '../src/store.ts';
import { flagsFile } from './support/files.ts';

test('flags are read from the file', async (t) => {
  const { path } = flagsFile(t, { search: { on: true } });
  assert.deepEqual(await new FlagStore(path).load(), { search: { on: true } });
});

test('the file is read again after the longest age', async (t) => {
  const { path, write } = flagsFile(t, { search: { on: true } });
  let now = 0;
  const store = new FlagStore(path, { maxAgeMs: 1000, now: () => now });
  await store.load();
  write({ search: { on: false } });
  now = 999;
  assert.equal((await store.load()).search?.on, true);
  now = 1000;
  assert.equal((await store.load()).search?.on, false);
  assert.equal(store.reads, 2);
});

test('a flag has to be true or false', async (t) => {
  const { path } = flagsFile(t, { search: { on: 'yes' } });
  await assert.rejects(new FlagStore(path).load(), { message: 'search.on must be true or false' });
});
