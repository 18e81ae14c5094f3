'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const pathToRegexp = require('../index.js');

function captures(path, url) {
  const match = pathToRegexp(path).exec(url);
  return match === null ? null : match.slice(1);
}

test('the second parameter of one segment does not swallow the separator', () => {
  assert.deepStrictEqual(captures('/:a-:b', '/x-y-z'), ['x-y', 'z']);
});

test('the separator is remembered behind an escaped character', () => {
  assert.deepStrictEqual(captures('/:a\\+-:b', '/x+-y'), ['x', 'y']);
  assert.strictEqual(captures('/:a\\+-:b', '/x+-y+-/'), null);
});

test('a long path that almost matches is refused in linear time', () => {
  const pattern = pathToRegexp('/:a-:b');
  const before = process.cpuUsage();
  pattern.test(`/a${'-a'.repeat(32_000)}/a`);
  const spent = process.cpuUsage(before);
  assert.ok((spent.user + spent.system) / 1_000 < 200, 'refused within 200 ms of processor time');
});

test('ordinary paths match as before', () => {
  assert.deepStrictEqual(captures('/:kind(\\d+)-:name', '/1-x'), ['1', 'x']);
  assert.deepStrictEqual(captures('/foo/:id?', '/foo'), [undefined]);
});
