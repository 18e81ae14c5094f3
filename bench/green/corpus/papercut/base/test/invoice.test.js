import { describe, expect, it } from 'vitest';
import { render, totals } from '../src/invoice.js';

const invoice = {
  number: '2024-17',
  customer: { name: 'Ada', since: 2019 },
  lines: [
    { text: 'Paper A4', qty: 10, cents: 499 },
    { text: 'Stapler', qty: 1, cents: 1250 },
  ],
};

describe('invoice', () => {
  it('adds up', () => {
    expect(totals(invoice)).toEqual({ net: 6240, discount: 0, tax: 1186, gross: 7426 });
  });

  it('renders', () => {
    expect(render(invoice)).toMatchSnapshot();
  });
});
