'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const bytes = require('../index.js');

for (const text of ['foobar', '', 'kb', ' ']) {
  test(`${JSON.stringify(text)} is not an amount and gives null`, () => {
    assert.strictEqual(bytes.parse(text), null);
    assert.strictEqual(bytes(text), null);
  });
}

test('amounts are read as before', () => {
  assert.deepStrictEqual(['1.5kb', '-10', '0', '1TB'].map(bytes.parse), [1536, -10, 0, 1024 ** 4]);
});
