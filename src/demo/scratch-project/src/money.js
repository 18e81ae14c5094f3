/** `1234` cents as `12.34`. */
export function formatCents(cents) {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(cents) / 100);
  const rest = String(Math.abs(cents) % 100).padStart(2, '0');
  return `${sign}${whole}.${rest}`;
}

/** Splits a bill among people, in cents. */
export function splitBill(cents, people) {
  return Array.from({ length: people }, () => Math.floor(cents / people));
}
