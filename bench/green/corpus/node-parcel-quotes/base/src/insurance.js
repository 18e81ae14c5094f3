/** One percent of the declared value, at least 2 EUR. */
export function premium(declaredCents) {
  return Math.max(200, Math.round(declaredCents / 100));
}
