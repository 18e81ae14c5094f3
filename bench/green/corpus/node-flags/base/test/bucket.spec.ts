import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucket } from '../src/bucket.ts';

test('users keep their buckets', () => {
  assert.deepEqual(
    ['ada', 'linus', 'grace'].map((user) => bucket('new-cart', user)),
    [25, 22, 27],
  );
});

test('a tenth of the buckets is about a tenth of the users', () => {
  const users = Array.from({ length: 1000 }, (_, index) => 'user-' + index);
  const low = users.filter((user) => bucket('new-cart', user) < 10).length;
  assert.ok(low > 60 && low < 140, low + ' of 1000');
});
