'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const kindOf = require('../index.js');

test('an object with a constructor of its own is an object', () => {
  assert.strictEqual(kindOf({ constructor: { name: 'Symbol' } }), 'object');
  assert.strictEqual(kindOf({ constructor: { name: 'Map' } }), 'object');
});

test('values are told apart as before', () => {
  assert.deepStrictEqual([Symbol('a'), new Map(), [], null, 1].map(kindOf), [
    'symbol',
    'map',
    'array',
    'null',
    'number',
  ]);
});
