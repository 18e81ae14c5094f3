import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QuoteError, quote, zoneOf } from '../src/quote.js';

describe('quote', () => {
  const prices = [
    { country: 'DE', grams: 400, zone: 'domestic', cents: 390 },
    { country: 'DE', grams: 2000, zone: 'domestic', cents: 470 },
    { country: 'AT', grams: 1500, zone: 'eu', cents: 1000 },
    { country: 'US', grams: 3000, zone: 'world', cents: 2750 },
  ];
  for (const { country, grams, zone, cents } of prices) {
    it('asks ' + cents + ' for ' + grams + ' g to ' + country, () => {
      assert.deepEqual(quote({ country, grams }), { zone, cents });
    });
  }

  it('takes unknown countries for the rest of the world', () => {
    assert.equal(zoneOf('ZZ').name, 'world');
  });

  it('refuses what is too heavy', () => {
    assert.throws(() => quote({ country: 'DE', grams: 30001 }), QuoteError);
  });

  it('refuses a weight that is none', () => {
    for (const grams of [0, -1, 1.5, Number.NaN]) assert.throws(() => quote({ country: 'DE', grams }), QuoteError);
  });
});
