/** As on the command line, an amount is never shown as more than it is: $99.996 has not reached $100. */
const dollars = { style: 'currency', currency: 'USD', roundingMode: 'trunc' } as const;
const whole = new Intl.NumberFormat('en-US', dollars);
const fine = new Intl.NumberFormat('en-US', { ...dollars, maximumFractionDigits: 4 });
const tiny = new Intl.NumberFormat('en-US', { ...dollars, maximumSignificantDigits: 2 });
const fineLeast = 0.0001;

/**
 * Formats dollars; amounts under a dollar to a hundredth of a cent, since calls are cheap, and smaller ones so that they
 * are not zero.
 */
export function usd(value: number): string {
  const amount = Math.abs(value);
  if (amount === 0 || amount >= 1) return whole.format(value);
  return (amount < fineLeast ? tiny : fine).format(value);
}
