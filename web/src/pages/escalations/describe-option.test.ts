import { expect, test } from 'vitest';
import type { OptionCard } from '../../../../src/contract/contract.ts';
import { asksFirst, canBeAlways, describeChance, describeCost, inOrder } from './describe-option.ts';

const option = (changes: Partial<OptionCard> = {}): OptionCard => ({
  id: 'retry',
  kind: 'retry',
  label: 'Try it again',
  command: 'moose …',
  cost_usd: 0.12,
  risk: 'low',
  chance: null,
  chance_of: 0,
  chance_basis: null,
  needs_note: false,
  is_recommended: false,
  ...changes,
});

test('the success rate is shown as counted cases, never more than there were', () => {
  expect(describeChance(option({ chance: 8 / 11, chance_of: 9 }))).toBe('worked 7 of 9 times');
  expect(describeChance(option({ chance: 10 / 11, chance_of: 9 }))).toBe('worked 9 of 9 times');
  expect(describeChance(option({ chance: 1 / 3, chance_of: 1 }))).toBe('worked 0 of 1 time');
  expect(describeChance(option())).toBe('not tried yet');
  expect(describeChance(option({ kind: 'cancel' }))).toBe('');
});

test('an option of unknown cost is not shown as free', () => {
  expect(describeCost(option())).toBe('about $0.12');
  expect(describeCost(option({ cost_usd: 0 }))).toBe('free');
  expect(describeCost(option({ cost_usd: null }))).toBe('cost unknown');
});

test('destructive and risky options, and those that need a note, ask for confirmation; the rest take one tap', () => {
  expect(asksFirst(option())).toBe(false);
  expect(asksFirst(option({ kind: 'undo' }))).toBe(true);
  expect(asksFirst(option({ needs_note: true }))).toBe(true);
  expect(asksFirst(option({ risk: 'high' }))).toBe(true);
  expect([canBeAlways(option()), canBeAlways(option({ kind: 'accept' }))]).toEqual([true, false]);
});

test('the recommended option comes first', () => {
  const options = [option({ id: 'a' }), option({ id: 'b', is_recommended: true }), option({ id: 'c' })];
  expect(inOrder(options).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
});
