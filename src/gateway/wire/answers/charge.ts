// What a provider says in dollars that it has charged. OpenRouter says so, because it chooses among hosts with different
// prices; others say it in members of other names.
import { nanoUsdPerUsd } from '../../../domain/money.ts';
import { isObject, type JsonObject, memberOf } from '../json-value.ts';

/** More than any call can cost. */
const usdMax = 1_000_000;
/** xAI counts in parts of a dollar, and says so in the name of the member. */
const ticksPerUsd = 1e10;

export class Charge {
  #nanoUsd: bigint | undefined;

  take(usage: JsonObject): void {
    const said = chargeIn(usage);
    if (said > (this.#nanoUsd ?? 0n)) this.#nanoUsd = said;
  }

  /** Undefined if the provider did not say it. */
  get nanoUsd(): bigint | undefined {
    return this.#nanoUsd;
  }
}

function chargeIn(usage: JsonObject): bigint {
  if (isForeign(usage)) return 0n;
  const cost = memberOf(usage, 'cost');
  const ticks = memberOf(usage, 'cost_in_usd_ticks');
  // With a customer's own key at the host, `cost` is only the provider's fee.
  const host =
    memberOf(usage, 'is_byok') === true
      ? memberOf(memberOf(usage, 'cost_details'), 'upstream_inference_cost')
      : 0;
  const stated = isObject(cost) ? memberOf(cost, 'total_cost') : cost;
  const others = [
    memberOf(usage, 'estimated_cost'),
    typeof ticks === 'number' ? ticks / ticksPerUsd : undefined,
  ];
  let most = nanoUsdOf(stated) + nanoUsdOf(host);
  for (const nanoUsd of others.map(nanoUsdOf)) if (nanoUsd > most) most = nanoUsd;
  return most;
}

/** A charge in another currency is none in dollars. */
export function isForeign(usage: JsonObject): boolean {
  return [usage, memberOf(usage, 'cost'), memberOf(usage, 'cost_details')].some((each) => {
    const currency = memberOf(each, 'currency') ?? memberOf(each, 'cost_currency') ?? memberOf(each, 'unit');
    return typeof currency === 'string' && !/^(?:US ?D(?:ollars?)?|\$|dollars?)$/i.test(currency.trim());
  });
}

function nanoUsdOf(usd: unknown): bigint {
  const isUsd = typeof usd === 'number' && usd >= 0 && usd <= usdMax;
  return isUsd ? BigInt(Math.round(usd * Number(nanoUsdPerUsd))) : 0n;
}
