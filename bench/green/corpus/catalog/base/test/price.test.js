import { describe, expect, it } from 'vitest';
import { cheapest, toEuro } from '../src/price.js';

describe('prices', () => {
  it('converts to cents of euro', () => {
    expect(toEuro({ amount: 1000, currency: 'USD' })).toBe(900);
  });

  it('refuses unknown currencies', () => {
    expect(() => toEuro({ amount: 1, currency: 'XXX' })).toThrow('no rate for XXX');
  });

  it('finds the cheapest offer', () => {
    const a = { shop: 'a', price: { amount: 1000, currency: 'EUR' } };
    const b = { shop: 'b', price: { amount: 1050, currency: 'USD' } };
    expect(cheapest([a, b])).toBe(b);
  });
});
