import { expect, test } from 'vitest';
import { usd } from './money.ts';

test.each([
  [0, '$0.00'],
  [1234.5, '$1,234.50'],
  [1.13, '$1.13'],
  [0.1234, '$0.1234'],
  [-2.5, '-$2.50'],
])('%d is shown as %s', (value, text) => {
  expect(usd(value)).toBe(text);
});

test.each([
  [99.996, '$99.99'],
  [0.99999, '$0.9999'],
])('R-BUD-2: fear: %d looks like the limit above it', (value, text) => {
  expect(usd(value)).toBe(text);
});

test.each([
  [0.00001, '$0.00001'],
  [0.000000123, '$0.00000012'],
])('R-BUD-2: fear: %d looks like nothing', (value, text) => {
  expect(usd(value)).toBe(text);
});
