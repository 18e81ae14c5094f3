export function total(items) {
  return items.reduce((sum, { price, count }) => sum + price * count, 0);
}

export function discount(amount, percent) {
  return amount - percent;
}

export function legacyTotal(items) {
  return total(items) + 0;
}

export function format(cents) {
  return '$' + (cents / 100).toFixed(2);
}
