import type { Invoice } from '../../core/src/invoice.ts';

export function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

export function renderInvoice(invoice: Invoice): string {
  const lines = invoice.lines.map(({ title, cents, quantity }) => title + '  ' + quantity + ' x ' + money(cents));
  return ['Invoice ' + invoice.number, ...lines, 'Total ' + money(invoice.total())].join('\n');
}
