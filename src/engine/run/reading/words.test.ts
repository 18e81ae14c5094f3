import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachIdentifier, nameTerm, partsOf, stemOf, termsOf } from './words.ts';

test.each([
  ['parseHTTPHeader', ['parse', 'http', 'header']],
  ['snake_case_2', ['snake', 'case']],
  ['Größe', ['gr', 'öß', 'e']],
  ['$', []],
])('R-PIPE-4: the parts of the name %s', (name, parts) => {
  expect(partsOf(name)).toEqual(parts);
});

test('R-PIPE-4: forms of a word are one word, and different words stay different', () => {
  expect(new Set(['cache', 'caches', 'cached', 'caching'].map(stemOf)).size).toBe(1);
  expect(new Set(['query', 'queries'].map(stemOf)).size).toBe(1);
  expect(new Set(['validate', 'validation', 'validates', 'validator'].map(stemOf)).size).toBe(1);
  expect(new Set(['pass', 'status', 'this', 'date', 'data'].map(stemOf)).size).toBe(5);
});

test('R-PIPE-4: a name of several words also counts as a whole, in any case of its letters', () => {
  expect(termsOf('parseDate')).toContain(nameTerm('ParseDate'));
  expect(termsOf('parse date'.replace(' ', '_'))).not.toContain(nameTerm('parseDate'));
  expect(termsOf('dates')).toEqual([nameTerm('date')]);
});

test('R-PIPE-4: any text has words, and long runs of letters are none', () => {
  const wordsIn = (text: string) => {
    const found: string[] = [];
    eachIdentifier(text, (name) => found.push(name));
    return found;
  };
  expect(wordsIn(`a_b c2 ${'x'.repeat(81)} 7up`)).toEqual(['a_b', 'c2', 'up']);
  fc.assert(
    fc.property(fc.string(), (text) =>
      wordsIn(text)
        .flatMap(termsOf)
        .every((term) => term >= 0),
    ),
  );
});
