import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { unescapeText } from '../src/unescape.js';

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8'));

for (const { html, text } of cases) {
  test(html + ' is ' + text, () => assert.equal(unescapeText(html), text));
}

test('numbers', { skip: 'not supported yet, #31' }, () => {
  assert.equal(unescapeText('&#233;&#xE9;'), 'éé');
});
