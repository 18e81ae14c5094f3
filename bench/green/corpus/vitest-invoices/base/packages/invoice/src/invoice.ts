import { Money } from '../../money/src/money';

export interface Item {
  title: string;
  quantity: number;
  price: Money;
}

export interface Invoice {
  number: string;
  customer: string;
  items: Item[];
}

export function total({ items }: Invoice): Money {
  return items.reduce((sum, { price, quantity }) => sum.plus(price.times(quantity)), new Money(0));
}

export function render(invoice: Invoice): string {
  const line = (left: string, right: Money) => left.padEnd(22) + String(right).padStart(14);
  return [
    'Invoice ' + invoice.number,
    invoice.customer,
    '',
    ...invoice.items.map(({ title, quantity, price }) => line('  ' + quantity + ' x ' + title, price.times(quantity))),
    '-'.repeat(36),
    line('Total', total(invoice)),
    '',
  ].join('\n');
}
