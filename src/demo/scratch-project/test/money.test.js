import assert from 'node:assert/strict';
import test from 'node:test';
import { formatCents, splitBill } from '../src/money.js';

test('cents are shown with two decimals', () => {
  assert.equal(formatCents(1234), '12.34');
  assert.equal(formatCents(5), '0.05');
  assert.equal(formatCents(-150), '-1.50');
});

test('a bill is split evenly', () => {
  assert.deepEqual(splitBill(900, 3), [300, 300, 300]);
});
