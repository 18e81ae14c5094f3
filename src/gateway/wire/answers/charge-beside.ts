// What an answer says beside its body that it costs: some proxies state the charge of a call in a header, or in a trailer of
// a stream.
import type { IncomingHttpHeaders } from 'node:http';
import { nanoUsdPerUsd } from '../../../domain/money.ts';
import { isFeeName, usdIn } from './fee-name.ts';

export interface ChargeBeside {
  nanoUsd: bigint;
  /** The name of a header whose amount is not in dollars. */
  unclear: string | null;
}

export function chargeBeside(...headers: readonly IncomingHttpHeaders[]): ChargeBeside {
  let nanoUsd = 0n;
  let unclear: string | null = null;
  for (const [name, value] of headers.flatMap((each) => Object.entries(each))) {
    const text = String(value ?? '');
    if (!isFeeName(name) || isLabel.test(text)) continue;
    const usd = sumOf(text);
    if (usd === null) unclear ??= name;
    else if (toNano(usd) > nanoUsd) nanoUsd = toNano(usd);
  }
  return { nanoUsd, unclear };
}

/** Nothing, or a single word: it names something, and is no amount. */
const isLabel = /^\s*[a-z-]*\s*$/i;

/** A header that is sent twice has both values in it; null if one of them is no amount in dollars. */
function sumOf(text: string): number | null {
  const amounts = text.split(/,\s+/).map(usdIn);
  return amounts.reduce<number | null>((sum, usd) => (sum === null || usd === null ? null : sum + usd), 0);
}

function toNano(usd: number): bigint {
  return BigInt(Math.round(usd * Number(nanoUsdPerUsd)));
}
