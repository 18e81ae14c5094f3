const whole = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const fine = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });

/** Formats dollars; amounts under a dollar to a hundredth of a cent, since calls are cheap. */
export function usd(value: number): string {
  return (Math.abs(value) > 0 && Math.abs(value) < 1 ? fine : whole).format(value);
}
