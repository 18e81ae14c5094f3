import { discountFor } from './discount.js';

export function totals(invoice) {
  const net = invoice.lines.reduce((sum, l) => sum + l.qty * l.cents, 0);
  const discount = discountFor(invoice.customer, net);
  const tax = Math.round((net - discount) * 0.19);
  return { net, discount, tax, gross: net - discount + tax };
}

const euro = (cents) => (cents / 100).toFixed(2);

export function render(invoice) {
  const t = totals(invoice);
  const rows = invoice.lines.map((l) => `${String(l.qty).padStart(3)} x ${l.text.padEnd(12)} ${euro(l.cents).padStart(8)}`);
  return [`Invoice ${invoice.number}`, ...rows, `Net ${euro(t.net)}`, `Tax ${euro(t.tax)}`, `Total ${euro(t.gross)}`].join('\n');
}
