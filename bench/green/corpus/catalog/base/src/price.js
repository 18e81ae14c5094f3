import { rate } from './rates.js';

export function toEuro({ amount, currency }) {
  return Math.round(amount * rate(currency));
}

export function cheapest(offers) {
  return offers.reduce((best, o) => (toEuro(o.price) < toEuro(best.price) ? o : best));
}
