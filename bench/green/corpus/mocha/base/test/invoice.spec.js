import assert from 'node:assert/strict';
import { dueDate, gross, mean, net } from '../src/invoice.js';

const lines = [
  { net: 100, count: 2, tax: 19 },
  { net: 50, count: 1, tax: 7 },
];

describe('gross', () => {
  it('adds the tax', () => {
    assert.equal(gross(lines), 291.5);
  });

  it('adds no tax where there is none', () => {
    assert.equal(gross([{ net: 10, count: 3, tax: 0 }]), 30);
  });

  it('knows a reduced tax', () => {
    assert.equal(gross([{ net: 200, count: 1, tax: 7 }]), 214);
  });
});

describe('net', () => {
  it('multiplies', () => {
    assert.equal(net(lines), 250);
  });
});

describe('mean', () => {
  it('is the middle of two', () => {
    assert.equal(mean([2, 4]), 3);
  });

  it('of nothing is zero', () => {
    assert.equal(mean([]), 0);
  });
});

describe('dueDate', () => {
  it('is thirty days later', () => {
    assert.equal(dueDate('2024-01-01'), '2024-01-31');
  });
});
