import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchPrices } from '../src/prices.js';

const answer = (status, body) => ({ ok: status === 200, status, json: async () => body });

test('prices by article', async () => {
  const prices = await fetchPrices('http://supplier', async () => answer(200, [{ article: 'soup', cents: 320 }]));
  assert.deepEqual(prices, { soup: 320 });
});

test('an error of the supplier', async () => {
  await assert.rejects(fetchPrices('http://supplier', async () => answer(404, null)), /answers 404/);
});
