const { totals } = require('../src/totals');
const invoice = require('./invoice.fixture');

test('adds up', () => {
  expect(totals(invoice())).toEqual({ net: 41149, tax: 7818, gross: 48967 });
});

test('no lines, no money', () => {
  expect(totals({ lines: [], taxRate: 0.19 })).toEqual({ net: 0, tax: 0, gross: 0 });
});
