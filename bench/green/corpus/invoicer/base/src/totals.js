function lineTotal(line) {
  return line.cents * line.quantity;
}

function totals(invoice) {
  const net = invoice.lines.reduce((sum, line) => sum + lineTotal(line), 0);
  const tax = Math.round(net * invoice.taxRate);
  return { net, tax, gross: net + tax };
}

module.exports = { lineTotal, totals };
