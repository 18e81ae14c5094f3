'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { NoteStore } = require('../lib/store.js');
const { temporaryFolder } = require('./support.js');

const noon = () => new Date('2024-05-01T12:00:00Z');

test('a note is kept', async (t) => {
  const store = new NoteStore(temporaryFolder(t), { clock: noon });
  const note = await store.add('buy milk', ['home']);
  assert.deepEqual(note, { id: '0001', text: 'buy milk', tags: ['home'], createdAt: '2024-05-01T12:00:00.000Z' });
  assert.deepEqual(await store.list(), [note]);
});

test('notes are listed in order', async (t) => {
  const store = new NoteStore(temporaryFolder(t));
  for (const text of ['a', 'b', 'c']) await store.add(text);
  assert.deepEqual((await store.list()).map(({ text }) => text), ['a', 'b', 'c']);
});

test('a note has a length', async (t) => {
  const store = new NoteStore(temporaryFolder(t));
  await store.add('x'.repeat(200));
  await assert.rejects(store.add('x'.repeat(201)), /at most 200/);
});

test('a note is removed', async (t) => {
  const store = new NoteStore(temporaryFolder(t));
  const { id } = await store.add('gone');
  await store.remove(id);
  assert.deepEqual(await store.list(), []);
  await assert.rejects(store.remove(id), { code: 'ENOENT' });
});
