import { expect, test } from 'vitest';
import { chargeBeside } from './charge-beside.ts';

test.each<[string, string, bigint]>([
  ['x-litellm-response-cost', '0.0145', 14_500_000n],
  ['x-request-cost-usd', '$1.5e-3', 1_500_000n],
  ['cost', '2 USD', 2_000_000_000n],
  ['x_total_fee', '.5', 500_000_000n],
])('R-BUD-11: %s: %s is a charge', (name, value, nanoUsd) => {
  expect(chargeBeside({ [name]: value })).toEqual({ nanoUsd, unclear: null });
});

test.each([
  ['x-billed-amount', '3 CNY'],
  ['x-cost', '1,50'],
  ['x-cost', '1e9'],
])('R-BUD-11: %s: %s is a charge of an unknown amount', (name, value) => {
  expect(chargeBeside({ [name]: value })).toEqual({ nanoUsd: 0n, unclear: name });
});

test.each([
  ['x-litellm-key-spend', '12.5'],
  ['x-litellm-response-cost-original', '0.02'],
  ['x-ratelimit-remaining-credits', '500'],
  ['anthropic-ratelimit-input-tokens-limit', '40000'],
  ['x-request-cost', 'low'],
  ['x-request-cost', '0.0'],
  ['x-cost-center', 'r-and-d'],
  ['openai-processing-ms', '120'],
])('R-BUD-4: %s: %s is no charge', (name, value) => {
  expect(chargeBeside({ [name]: value })).toEqual({ nanoUsd: 0n, unclear: null });
});

test('R-BUD-11: the largest of several charges counts', () => {
  expect(chargeBeside({ cost: '0.1' }, { 'x-cost': '0.3' })).toEqual({
    nanoUsd: 300_000_000n,
    unclear: null,
  });
});
