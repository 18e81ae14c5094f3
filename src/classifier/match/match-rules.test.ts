import { expect, test } from 'vitest';
import { unexplained } from '../verdicts.ts';
import { compileRules, matchRules } from './match-rules.ts';
import type { Rule } from './rule.ts';

function placesOf(line: RegExp, literals: readonly string[], text: string): number[] {
  const rule: Rule = {
    id: 'any.rule',
    is: unexplained.crash,
    precedence: 1,
    line,
    from: 'anything',
    sample: '',
  };
  return matchRules(compileRules([rule], { [rule.id]: literals }), text, () => true).map(({ at }) => at);
}

test('the first matching line counts, whichever literal it contains', () => {
  expect(placesOf(/lost \d|found \d/, ['lost ', 'found '], 'nothing\nfound 1\nlost 2\n')).toEqual([8]);
});

test('fear: a pattern that ignores case is tried on the wrong line after a letter that grows in lower case', () => {
  const text = `${'İ'.repeat(40)}\nLOST 1\nother\n`;
  expect(placesOf(/lost \d/i, ['lost '], text)).toEqual([41]);
});

test('fear: a word that many lines contain hides the line that matters', () => {
  const text = `${'the error of a line\n'.repeat(500)}error 12\n`;
  expect(placesOf(/^error \d/, ['error '], text)).toEqual([10_000]);
});
