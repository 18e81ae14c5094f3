import { describe, expect, it } from 'vitest';
import { makeInvoice, paper, pen } from './helpers/make-invoice.ts';

describe('Invoice', () => {
  it('sums its lines', () => {
    expect(makeInvoice(pen, paper).net()).toBe(1047);
  });

  it('adds the tax of each line', () => {
    const invoice = makeInvoice(pen, paper);
    expect(invoice.tax()).toBe(119);
    expect(invoice.total()).toBe(1166);
  });

  it('is due after two weeks', () => {
    expect(makeInvoice(pen).dueAt()).toEqual(new Date('2024-03-05T00:00:00Z'));
  });

  it('refuses a line without a quantity', () => {
    expect(() => makeInvoice({ ...pen, quantity: 0 })).toThrow(/positive/);
  });

  it('has at most 20 lines', () => {
    const many = Array.from({ length: 20 }, () => pen);
    expect(makeInvoice(...many).lines).toHaveLength(20);
    expect(() => makeInvoice(...many, paper)).toThrow('at most 20');
  });
});
