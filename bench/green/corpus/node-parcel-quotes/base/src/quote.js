import { readFileSync } from 'node:fs';

const { zones } = JSON.parse(readFileSync(new URL('./zones.json', import.meta.url), 'utf8'));

export class QuoteError extends Error {
  name = 'QuoteError';
}

export function zoneOf(country) {
  return zones.find((zone) => zone.countries.includes(country)) ?? zones.at(-1);
}

/** The price in cents of a parcel. */
export function quote({ country, grams }) {
  if (!Number.isInteger(grams) || grams <= 0) throw new QuoteError('weight must be a positive number of grams');
  if (grams > 30000) throw new QuoteError('parcels over 30 kg are not accepted');
  const zone = zoneOf(country);
  const kilos = Math.floor(grams / 1000);
  return { zone: zone.name, cents: zone.base + kilos * zone.perKilo };
}
