const { lineTotal, totals } = require('./totals');

const money = (cents) => (cents / 100).toFixed(2);

function render(invoice) {
  const rows = invoice.lines.map((l) => `${l.text.padEnd(20)}${String(l.quantity).padStart(4)}${money(lineTotal(l)).padStart(10)}`);
  const t = totals(invoice);
  return [
    `Invoice ${invoice.number}`,
    ...rows,
    `${'Net'.padEnd(24)}${money(t.net).padStart(10)}`,
    `${'Tax'.padEnd(24)}${money(t.tax).padStart(10)}`,
    `${'Total'.padEnd(24)}${money(t.gross).padStart(10)}`,
  ].join('\n');
}

module.exports = { render };
