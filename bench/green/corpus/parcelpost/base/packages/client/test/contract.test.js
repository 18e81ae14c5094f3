import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readQuote } from '../src/client.js';

const file = new URL('../../../contracts/quotes.json', import.meta.url);
for (const { request, response } of JSON.parse(readFileSync(file, 'utf8'))) {
  test(`reads the answer to ${JSON.stringify(request)}`, () => {
    const { price, arrives } = readQuote(response);
    assert.match(price, /^\d+\.\d\d$/);
    assert.equal(arrives === 'tomorrow', response.days === 1);
  });
}
