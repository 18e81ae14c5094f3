'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const postcss = require('../lib/postcss.js');
const tokenizer = require('../lib/tokenize.js');

function tokens(css) {
  const tokenize = tokenizer(new postcss.Input(css), { ignoreErrors: true });
  const found = [];
  while (!tokenize.endOfFile()) found.push(tokenize.nextToken()[0]);
  return found;
}

for (const css of ['(~/*)', '(~"a")', "(~'a')", '@font-face{ font:(~/*);} a{}*/']) {
  test(`a carriage return in ${css} counts as the line break that it is`, () => {
    assert.deepStrictEqual(tokens(css.replace('~', '\r')), tokens(css.replace('~', '\n')));
  });
}

test('what looks like a comment inside a bracket is not read as part of the bracket', () => {
  assert.throws(() => postcss.parse('@font-face{ font:(\r/*);} a{}*/'), /Unclosed bracket/);
});

test('ordinary styles come back as they were', () => {
  const css = 'a{ background: url("x.png") }\r\n@media (min-width: 1px){ b{} }';
  assert.strictEqual(postcss.parse(css).toString(), css);
});

test('the processor says the version of the package', () => {
  assert.strictEqual(postcss().version, require('../package.json').version);
});
