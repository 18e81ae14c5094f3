import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, UnknownFlag } from '../src/client.ts';

const store = { load: async () => ({ search: { on: true }, cart: { on: false } }) };

test('asks the flag', async () => {
  const client = new Client(store);
  assert.equal(await client.isOn('search', { user: 'ada' }), true);
  assert.equal(await client.isOn('cart', { user: 'ada' }), false);
});

test('an unknown flag is an error', async () => {
  await assert.rejects(new Client(store).isOn('serach', { user: 'ada' }), UnknownFlag);
});
