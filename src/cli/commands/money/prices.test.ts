import { expect, test } from 'vitest';
import type { Price } from '../../../contract/contract.ts';
import { checkLines, priceLines } from './prices.ts';

const step = {
  input_usd: 0.075,
  cache_read_usd: 0.075,
  cache_write_usd: 0.075,
  cache_write_1h_usd: 0.075,
  output_usd: 12.5,
};
const price: Price = {
  name: 'a/b',
  version: 'list-1',
  source: 'list',
  effective_from: '2026-01-02T03:04:05.000Z',
  steps: [
    { ...step, above_input_tokens: 0 },
    { ...step, above_input_tokens: 200_000, output_usd: 25 },
  ],
  context_tokens: null,
  created_by: 'moose',
  created_at: '2026-01-02T03:04:05.000Z',
  is_in_force: true,
};

test('each step of a price is a line, in dollars per million tokens', () => {
  const old = { ...price, steps: null, is_in_force: false };
  expect(priceLines([price]).join()).not.toContain('in effect');
  const [, first = '', second = '', withdrawn = ''] = priceLines([price, old]);
  expect(first.split(/ {2,}/)).toEqual([
    ...['a/b', '$0.075', '$0.075', '$0.075', '$0.075', '$12.50', '2026-01-02', 'list', 'list-1 (in effect)'],
  ]);
  expect(second.trim().split(/ {2,}/)).toEqual(['200000', '$0.075', '$0.075', '$0.075', '$0.075', '$25.00']);
  expect(withdrawn).toMatch(/a\/b .*list price/);
});

test('R-BUD-9: a check says how many calls it covered, and which ones differ', () => {
  expect(checkLines({ checked: 1, unversioned: 2, differing: 0, differences: [] })).toEqual([
    '1 settled call: every cost matches its tokens and price.',
    'Calls without a price version: 2.',
  ]);
  const different = { call_id: 'c1', model: 'a/b', price_version: 'list-1', booked: '$1.000000000' };
  const lines = checkLines({
    checked: 9,
    unversioned: 0,
    differing: 2,
    differences: [
      { ...different, recomputed: '$1.000000001' },
      { ...different, recomputed: null },
    ],
  });
  expect(lines[0]).toContain('2 of 9 settled calls');
  expect(lines[2]).toMatch(/c1 +a\/b +\$1\.000000000 +\$1\.000000001 +list-1/);
  expect(lines[3]).toContain('no such version');
});
