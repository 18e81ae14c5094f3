// What an answer says beside its body that it costs: some proxies state the charge of a call in a header, or in a trailer of
// a stream.
import type { IncomingHttpHeaders } from 'node:http';
import { nanoUsdPerUsd } from '../../../domain/money.ts';
import { isAmount } from '../unlisted.ts';

/** A word of the name that says that the number is what was charged. */
const ofCharge = /^(?:costs?|charged?|fees?|spen[dt]|billed|credits?|usd)$/;
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
]);
const usdMax = 1_000_000;

export interface ChargeBeside {
  nanoUsd: bigint;
  /** The name of a header whose amount is not in dollars. */
  unclear: string | null;
}

export function chargeBeside(...headers: readonly IncomingHttpHeaders[]): ChargeBeside {
  let nanoUsd = 0n;
  let unclear: string | null = null;
  for (const [name, value] of headers.flatMap((each) => Object.entries(each))) {
    if (typeof value !== 'string' || !isChargeName(name) || !isAmount(value)) continue;
    const usd = Number(/^\s*\$?\s*([\d.]+(?:e[-+]?\d+)?)\s*(?:usd)?\s*$/i.exec(value)?.[1] ?? Number.NaN);
    if (!(usd <= usdMax)) unclear ??= name;
    else if (toNano(usd) > nanoUsd) nanoUsd = toNano(usd);
  }
  return { nanoUsd, unclear };
}

function isChargeName(name: string): boolean {
  const words = name.toLowerCase().split(/[-_]/);
  return words.some((word) => ofCharge.test(word)) && !words.some((word) => ofOther.has(word));
}

function toNano(usd: number): bigint {
  return BigInt(Math.round(usd * Number(nanoUsdPerUsd)));
}
