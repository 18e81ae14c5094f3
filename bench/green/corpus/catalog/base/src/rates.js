// Conversion rates to EUR as published by treasury, refreshed by hand every month.
const RATES = { EUR: 1, USD: 0.9, GBP: 1.15 };

export function rate(currency) {
  const r = RATES[currency];
  if (r === undefined) throw new Error(`no rate for ${currency}`);
  return r;
}
