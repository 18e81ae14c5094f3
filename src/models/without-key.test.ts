import { expect, test } from 'vitest';
import { withoutKey, withoutWholeKey } from './without-key.ts';

const key = 'sk-planted-4f9a27c1d0e8b365';

test.each([
  ['whole', `Incorrect key: ${key}.`],
  ['in part', `Incorrect key: ${key.slice(0, 14)}***`],
  ['its end', `Incorrect key: ****${key.slice(-9)}`],
  ['in capitals', key.toUpperCase()],
  ['in base64', Buffer.from(key).toString('base64')],
])('a text that quotes the key %s is withheld (R-SEC-4)', (_, text) => {
  expect(withoutKey(text, key)).toBe('[withheld: it quoted the API key]');
});

test('a text without the key stays unchanged', () => {
  expect(withoutKey('Incorrect key: sk-other', key)).toBe('Incorrect key: sk-other');
  expect(withoutKey('anything', null)).toBe('anything');
});

test('only a whole, real key is removed from an answer', () => {
  expect(withoutWholeKey(`a ${key} b sk-plant`, key)).toBe('a [withheld: it quoted the API key] b sk-plant');
  expect(withoutWholeKey('ollama is a word', 'ollama')).toBe('ollama is a word');
});
