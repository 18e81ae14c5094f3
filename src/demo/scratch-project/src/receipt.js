/** One line of a receipt, as wide as the paper: the name, cut if it is too long, and the price at the end. */
export function receiptLine(name, cents, width = 24) {
  const price = (cents / 100).toFixed(2);
  return name.slice(0, width - price.length - 1).padEnd(width - price.length) + price;
}
