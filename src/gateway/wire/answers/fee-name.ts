// Which members and headers of an answer say what was charged, by the words of their names.

/** A word of the name that says that the value is what was charged. */
const ofCharge =
  /^(?:costs?|charge[ds]?|fees?|surcharges?|spen[dt]|billed|billing|credits?|usd|dollars?|cents?)$/;
/** A word that says that it is another number: a limit, a rate, a sum of many calls, a share of the charge, a duration. */
const ofOther = new Set([
  ...[
    'limit',
    'limits',
    'ratelimit',
    'remaining',
    'left',
    'reset',
    'max',
    'min',
    'budget',
    'balance',
    'quota',
  ],
  ...[
    'key',
    'team',
    'user',
    'account',
    'per',
    'price',
    'original',
    'discount',
    'margin',
    'time',
    'ms',
    'seconds',
  ],
  ...['center', 'centre', 'code', 'payer'],
]);

export function isFeeName(name: string): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[-_. ]/);
  return words.some((word) => ofCharge.test(word)) && !words.some((word) => ofOther.has(word));
}

/** More than any call can cost. */
export const usdMax = 1_000_000;

/** An amount in dollars that is written as text; null if it is anything else. */
export function usdIn(text: string): number | null {
  const [, digits] =
    /^\s*(?:us ?\$|usd|\$)?\s*(\d*\.?\d+(?:e[-+]?\d+)?)\s*(?:usd|us ?\$|\$|dollars?)?\s*$/i.exec(text) ?? [];
  const usd = Number(digits ?? Number.NaN);
  return usd <= usdMax ? usd : null;
}
