'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const ini = require('../ini.js');

test('a section named __proto__ does not reach Object.prototype', () => {
  ini.parse('[__proto__]\nsection = polluted');
  assert.strictEqual({}.section, undefined);
});

test('an array named __proto__ is left out', () => {
  assert.deepStrictEqual(Object.keys(ini.parse('__proto__[] = polluted\nkept = yes')), ['kept']);
});

test('a nested section below __proto__ does not reach Object.prototype', () => {
  ini.parse('[__proto__.deep]\nnested = polluted');
  assert.strictEqual({}.deep, undefined);
});

test('ordinary sections are read as before', () => {
  assert.deepStrictEqual(JSON.parse(JSON.stringify(ini.parse('[a]\nb = 1\n[a.c]\nd[] = 2'))), {
    a: { b: '1', c: { d: ['2'] } },
  });
});
