// What a provider says in dollars that it has charged. OpenRouter says so, because it chooses among hosts with different
// prices.
import { nanoUsdPerUsd } from '../../domain/money.ts';
import { type JsonObject, memberOf } from './json-value.ts';

/** More than any call can cost. */
const usdMax = 1_000_000;

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

/** With a customer's own key at the host, `cost` is only the provider's fee. */
function chargeIn(usage: JsonObject): bigint {
  const host =
    memberOf(usage, 'is_byok') === true
      ? memberOf(memberOf(usage, 'cost_details'), 'upstream_inference_cost')
      : 0;
  return [memberOf(usage, 'cost'), host]
    .filter((usd): usd is number => typeof usd === 'number' && usd >= 0 && usd <= usdMax)
    .reduce((sum, usd) => sum + BigInt(Math.round(usd * Number(nanoUsdPerUsd))), 0n);
}
