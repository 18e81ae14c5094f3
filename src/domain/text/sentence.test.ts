import { expect, test } from 'vitest';
import { asCause, asSentence } from './sentence.ts';

test.each([
  ['This machine is under pressure: a load of 8.0.', 'this machine is under pressure: a load of 8.0'],
  ['The model repeats its proposal.', 'the model repeats its proposal'],
  ['It is used up', 'it is used up'],
  ['GitHub answers with 503.', 'GitHub answers with 503'],
  ['Italy is down', 'Italy is down'],
  ['and so on...', 'and so on...'],
])('the cause %j is said after "because" as %j', (text, said) => {
  expect(asCause(text)).toBe(said);
});

test('a sentence ends with one full stop', () => {
  expect([asSentence('It failed'), asSentence('It failed.'), asSentence(' ')]).toEqual([
    'It failed.',
    'It failed.',
    '',
  ]);
});
