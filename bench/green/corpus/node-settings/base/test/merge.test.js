'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { mergeDeep } = require('../lib/merge');

describe('mergeDeep', () => {
  it('goes level by level', () => {
    assert.deepEqual(mergeDeep({ a: { b: 1, c: 2 } }, { a: { c: 3 } }), { a: { b: 1, c: 3 } });
  });

  it('appends lists', () => {
    assert.deepEqual(mergeDeep({ list: [1] }, { list: [2] }), { list: [1, 2] });
  });

  it('does not touch what it is given', () => {
    const base = { a: { b: 1 } };
    mergeDeep(base, { a: { b: 2 } });
    assert.deepEqual(base, { a: { b: 1 } });
  });
});
