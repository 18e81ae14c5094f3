import { expect, test } from 'vitest';
import type { ReservationId } from '../../domain/ids.ts';
import { nanoUsdPerMillion } from '../../domain/price.ts';
import type { PriceAnswer } from '../../engine/prices/ask-prices.ts';
import { checkLines, priceLines } from './prices.ts';

const at = new Date('2026-01-02T03:04:05Z');
const [input, output] = [nanoUsdPerMillion('0.075'), nanoUsdPerMillion('12.5')];
const step = { input, cacheRead: input, cacheWrite: input, cacheWrite1h: input, output };
const price: PriceAnswer = {
  name: 'a/b',
  version: 'list-1',
  source: 'list',
  from: at,
  steps: [
    { ...step, aboveInputTokens: 0 },
    { ...step, aboveInputTokens: 200_000, output: 2n * output },
  ],
  contextTokens: null,
  createdBy: 'moose',
  createdAt: at,
  isInForce: true,
};

test('each step of a price is a line, in dollars per million tokens', () => {
  const old = { ...price, steps: null, isInForce: false };
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
  const different = { callId: 'c1' as ReservationId, model: 'a/b', priceVersion: 'list-1' };
  const lines = checkLines({
    checked: 9,
    unversioned: 0,
    differing: 2,
    differences: [
      { ...different, bookedNanoUsd: 1_000_000_000n, recomputedNanoUsd: 2_000_000_000n },
      { ...different, bookedNanoUsd: 1_000_000_000n, recomputedNanoUsd: null },
    ],
  });
  expect(lines[0]).toContain('2 of 9 settled calls');
  expect(lines[2]).toMatch(/c1 +a\/b +\$1\.00 +\$2\.00 +list-1/);
  expect(lines[3]).toContain('no such version');
});
