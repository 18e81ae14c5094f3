import { expect, test } from 'vitest';
import { namedSymbols } from './named-symbols.ts';

test.each<[string, string, string[]]>([
  ['Fix parseDate', '', ['parseDate']],
  ['Fix `total` in the cart', '', ['total']],
  ['Mend it', 'The class CartTotal and round_half_up() are wrong.', ['CartTotal', 'round_half_up']],
  ['Fix the test', 'It fails when `x` is not set.', []],
  ['Speed up sum(…) for lists', 'See sum().', ['sum']],
])('R-PIPE-4: what a task calls by name: %s', (title, text, sought) => {
  expect(namedSymbols(title, text).sought).toEqual(sought);
});

test('R-PIPE-4: plain words of a title may be functions; common ones are none, and there is a limit', () => {
  expect(namedSymbols('Fix rounding in invoice totals', '').names).toEqual(['rounding', 'invoice', 'totals']);
  const long = Array.from({ length: 500 }, (_, index) => `someName${index}`).join(' ');
  expect(namedSymbols(long, long).names.length).toBeLessThanOrEqual(36);
});
