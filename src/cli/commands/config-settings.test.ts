import { expect, test } from 'vitest';
import { readValue } from './config-settings.ts';

test.each([
  ['integer', '8', 8],
  ['usd', '$2.50', 2.5],
  ['share', ' 0.5 ', 0.5],
  ['models', 'anthropic/a, openai/b', ['anthropic/a', 'openai/b']],
  ['words', '["one","two words"]', ['one', 'two words']],
  ['agents', '', []],
  ['choice', 'require', 'require'],
  ['text', 'Europe/Berlin', 'Europe/Berlin'],
  ['policies', '[{"act":"escalate"}]', [{ act: 'escalate' }]],
] as const)('a value of the kind %s is typed as %j', (kind, given, value) => {
  expect(readValue(kind, given)).toEqual(value);
});

test.each([
  ['integer', 'eight', 'Write a plain number, as in 2.5.'],
  ['policies', 'retry', 'Write the rows as JSON, and give them as @FILE.'],
] as const)('an invalid value of the kind %s gets advice on how to write one', (kind, given, advice) => {
  expect(() => readValue(kind, given)).toThrow(expect.objectContaining({ code: 'VALUE_UNREADABLE', advice }));
});
