import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { discount, format, legacyTotal, total } from '../src/cart.js';

describe('total', () => {
  test('an empty cart costs nothing', () => {
    assert.equal(total([]), 0);
  });
  test('prices are multiplied by counts', () => {
    assert.equal(total([{ price: 250, count: 2 }, { price: 99, count: 1 }]), 599);
  });
});

describe('discount', () => {
  test('takes a tenth off', () => {
    assert.equal(discount(2000, 10), 1800);
  });
  test('takes a quarter off', () => {
    assert.equal(discount(800, 25), 600);
  });
});

test('legacyTotal is total', () => {
  assert.equal(legacyTotal([{ price: 5, count: 3 }]), 15);
});

test('format shows dollars', () => {
  assert.equal(format(1234), '$12.34');
});
