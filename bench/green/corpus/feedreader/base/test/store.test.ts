import test from 'node:test';
import assert from 'node:assert/strict';
import { Store } from '../src/store.js';

test('read items are gone', () => {
  const store = new Store();
  const items = ['a', 'b'].map((id) => ({ id, title: id, published: new Date(0), tags: [] }));
  store.markRead(items[0]!);
  assert.deepEqual(store.unread(items).map((i) => i.id), ['b']);
});
