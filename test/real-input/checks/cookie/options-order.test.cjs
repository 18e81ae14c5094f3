'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const cookie = require('../dist/index.js');

test('options do not replace the name and the value that were asked for', () => {
  const options = { name: 'other', value: 'else', path: '/' };
  assert.strictEqual(cookie.stringifySetCookie('session', 'abc', options), 'session=abc; Path=/');
});

test('the older name of the function obeys too', () => {
  assert.strictEqual(cookie.serialize('session', 'abc', { value: 'else' }), 'session=abc');
});

test('a whole cookie is written as before', () => {
  assert.strictEqual(
    cookie.stringifySetCookie({ name: 'a', value: 'b', httpOnly: true, maxAge: 5 }),
    'a=b; Max-Age=5; HttpOnly',
  );
});
