import test from 'node:test';
import assert from 'node:assert/strict';
import { parseFeed } from '../src/parse.js';

test('parses a feed', () => {
  const text = JSON.stringify({ items: [{ id: '1', title: 'One', date_published: '2024-02-03T04:05:06Z' }] });
  assert.deepEqual(parseFeed('u', text), {
    url: 'u',
    items: [{ id: '1', title: 'One', published: new Date('2024-02-03T04:05:06Z'), tags: [] }],
  });
});
