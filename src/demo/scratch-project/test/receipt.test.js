import assert from 'node:assert/strict';
import test from 'node:test';
import { receiptLine } from '../src/receipt.js';

test('a price stands at the end of its line', () => {
  assert.equal(receiptLine('Tea', 250, 12), 'Tea     2.50');
});

test('a long name is cut, so that the line fits the paper', () => {
  const line = receiptLine('Wedding cake with three floors', 98000);
  assert.equal(line.length, 24);
  assert.equal(line, 'Wedding cake with 980.00');
});
