import { expect, test } from 'vitest';
import { isRiskyChange } from './risky-change.ts';

const words = 'settings.policies.hard_stop_words';

test.each<[string, unknown, unknown, boolean]>([
  ['settings.policies.director_cost_usd', 5, 6, true],
  ['settings.policies.director_cost_usd', 5, 4, false],
  ['settings.policies.director_mode', 'ask', 'policy', true],
  ['settings.policies.director_mode', 'policy', 'ask', false],
  ['settings.policies.director_mode', 'policy', 'policy', false],
  [words, [], ['-password'], true],
  [words, ['-password'], ['-password', 'ledger'], false],
  [words, ['-password', 'ledger'], ['ledger'], false],
  [words, ['ledger'], [], true],
  [words, undefined, ['-token'], true],
  ['settings.limits.model_attempts', 1, 9, false],
])('R-ESC-4: whether %s from %j to %j takes a person', (key, now, next, isRisky) => {
  expect(isRiskyChange(key, now, next)).toBe(isRisky);
});
