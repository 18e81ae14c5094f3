import { expect, it } from 'vitest';
import { discountFor } from '../src/discount.js';

it.each([
  [{}, 20000, 0],
  [{ since: 2020 }, 9999, 0],
  [{ since: 2020 }, 10000, 200],
])('%o buys for %i', (customer, net, expected) => {
  expect(discountFor(customer, net)).toBe(expected);
});
