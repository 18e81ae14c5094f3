import assert from 'node:assert/strict';
import { invoiceNumber, money } from '../src/format.js';

describe('money', () => {
  it('has two digits', () => {
    assert.equal(money(3), '3.00 EUR');
  });

  it('has a currency', () => {
    assert.equal(money(1.5, 'USD'), '1.50 USD');
  });
});

describe('invoiceNumber', () => {
  for (const [serial, text] of [[1, '2024-0001'], [12, '2024-0012'], [12345, '2024-12345']])
    it(`of ${serial} is ${text}`, () => {
      assert.equal(invoiceNumber(2024, serial), text);
    });
});
