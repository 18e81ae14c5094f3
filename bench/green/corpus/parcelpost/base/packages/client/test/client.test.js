import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError, createClient, readQuote } from '../src/client.js';
import { fakeFetch } from './helpers/fetch.js';

test('posts the request', async () => {
  const { fetch, calls } = fakeFetch({ service: 'standard', price_cents: 490, days: 2 });
  const quote = await createClient('http://x', { fetch }).quote({ zone: 1, weight_g: 5 });
  assert.deepEqual(quote, { price: '4.90', arrives: 'in 2 days' });
  assert.equal(calls.length, 1);
  assert.equal(calls[0].url, 'http://x/quotes');
  assert.equal(calls[0].body, '{"zone":1,"weight_g":5}');
});

test('an error status is an error', async () => {
  const { fetch } = fakeFetch({}, 500);
  await assert.rejects(createClient('http://x', { fetch }).quote({}), new ClientError('server says 500'));
});

test('no price, no quote', () => {
  assert.throws(() => readQuote({}), ClientError);
  assert.throws(() => readQuote(null), ClientError);
});
