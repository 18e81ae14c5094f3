// The highest price at which a router may have a call answered, written into the request, where a router takes one: it then
// chooses no dearer host than the one that was reserved for.
import { dearestInput, dearestRates, type ModelPrice } from '../../domain/agents/price.ts';

const nanoPerUsd = 1e9;
const openBrace = 0x7b;

/** @param body the request, as JSON; its wire refuses a client's own `provider` */
export function withPriceCap(body: Buffer, price: ModelPrice, inputTokensMax: number): Buffer {
  const rates = dearestRates(price, inputTokensMax);
  const usd = (nanoUsd: bigint) => Number(nanoUsd) / nanoPerUsd;
  const cap = {
    prompt: usd(dearestInput(rates)),
    completion: usd(rates.output),
    request: usd(rates.perCall ?? 0n),
  };
  const at = body.indexOf(openBrace) + 1;
  const member = Buffer.from(`"provider":${JSON.stringify({ max_price: cap })},`);
  return Buffer.concat([body.subarray(0, at), member, body.subarray(at)]);
}
