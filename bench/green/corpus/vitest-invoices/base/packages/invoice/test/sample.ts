import { Money } from '../../money/src/money';
import type { Invoice } from '../src/invoice';

export const sample: Invoice = {
  number: '2026-017',
  customer: 'Ada Lovelace',
  items: [
    { title: 'Compiler', quantity: 2, price: new Money(12000) },
    { title: 'Manual', quantity: 1, price: new Money(1990) },
  ],
};
