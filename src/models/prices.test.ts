import { expect, test } from 'vitest';
import { findKnownPrice, scriptedModels } from './prices.ts';

test('R-BASE-5: the scripted models have prices, so that the budget can be watched at work', () => {
  const known = findKnownPrice();
  const steps = Object.values(scriptedModels).map((name) => known(name)?.steps);
  expect(steps.map((all) => all?.[0].output)).toEqual([5_000_000_000n, 10_000_000_000n, 25_000_000_000n]);
});

test.each([
  'claude-sonnet-5',
  'anthropic/',
  '',
  'anthropic/claude-sonnet-5-20991231',
  'anthropic/constructor',
])('R-BUD-9: %j has no price', (name) => {
  expect(findKnownPrice()(name)).toBeNull();
});

test('a given price takes precedence over the list, and needs no context size', () => {
  const steps = findKnownPrice()('openai/gpt-5')?.steps;
  if (!steps) throw new TypeError('gpt-5 has no price');
  const known = findKnownPrice([{ name: 'anthropic/claude-haiku-4-5', contextTokens: null, steps }]);
  expect(known('anthropic/claude-haiku-4-5')).toMatchObject({
    version: 'given',
    steps,
    contextTokens: 200_000,
  });
});
