'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const minimist = require('../index.js');

function untouched() {}

test('a constructor in a dotted option does not reach Function.prototype', () => {
  minimist(['--_.concat.constructor.prototype.polluted', '123']);
  assert.strictEqual(untouched.polluted, undefined);
});

test('a constructor twice in a dotted option does not reach Function.prototype', () => {
  minimist(['--_.constructor.constructor.prototype.spoiled', 'bar']);
  assert.strictEqual(untouched.spoiled, undefined);
});

test('ordinary dotted options are read as before', () => {
  assert.deepStrictEqual(minimist(['--a.b.c', '1', '--a.d=two', '--no-e', 'rest']), {
    _: ['rest'],
    a: { b: { c: 1 }, d: 'two' },
    e: false,
  });
});
