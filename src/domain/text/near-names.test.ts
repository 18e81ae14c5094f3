import { expect, test } from 'vitest';
import { nearNames } from './near-names.ts';

const names = [
  'anthropic/claude-haiku-4-5',
  'anthropic/claude-opus-5',
  'anthropic/claude-opus-5-5',
  'anthropic/claude-sonnet-4-5',
  'anthropic/claude-sonnet-5',
  'openai/gpt-5',
];

test.each([
  ['anthropic/claude-sonet-5', 'anthropic/claude-sonnet-5'],
  ['claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
  ['OPENAI/GPT-5', 'openai/gpt-5'],
  ['anthropic/claude-opus-55', 'anthropic/claude-opus-5-5'],
  ['anthropic/claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
  ['haiku', 'anthropic/claude-haiku-4-5'],
])('%s may have meant %s', (given, meant) => {
  expect(nearNames(given, names)).toContain(meant);
});

test('a name that resembles none gets no suggestion, and there are never more than three', () => {
  expect(nearNames('compatible/qwen3-coder', names)).toEqual([]);
  expect(nearNames('', names)).toEqual([]);
  expect(nearNames('claude', names)).toHaveLength(3);
});

test('a name of a megabyte is answered immediately', () => {
  expect(nearNames('x'.repeat(1_000_000), names)).toEqual([]);
});
