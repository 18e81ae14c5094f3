'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const iconv = require('../lib/index.js');

for (const name of ['iso-8859-1', 'latin1', 'cp28591', '28591', 'cp819']) {
  test(`${name} writes a question mark for what it cannot say`, () => {
    assert.deepStrictEqual([...iconv.encode('Ā¡é', name)], [0x3f, 0xa1, 0xe9]);
  });
}

test('windows-1255 knows the point holam haser for vav', () => {
  assert.strictEqual(iconv.decode(Buffer.from([0xca]), 'windows1255'), '\u05ba');
  assert.deepStrictEqual([...iconv.encode('\u05ba', 'win1255')], [0xca]);
});

test('iso-8859-1 is read byte for byte as before', () => {
  assert.strictEqual(iconv.decode(Buffer.from([0xe9, 0x80, 0xff]), 'iso-8859-1'), 'é\u0080ÿ');
});
