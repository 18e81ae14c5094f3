import { Invoice, type Line } from '../../src/invoice.ts';

export const pen: Line = { title: 'Pen', cents: 199, quantity: 3, taxPercent: 20 };
export const paper: Line = { title: 'Paper', cents: 450, quantity: 1 };

export function makeInvoice(...lines: Line[]): Invoice {
  const invoice = new Invoice('2024-7', new Date('2024-02-20T00:00:00Z'));
  for (const line of lines) invoice.add(line);
  return invoice;
}
