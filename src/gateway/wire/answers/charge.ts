// What a provider says in dollars that it has charged. OpenRouter says so, because it chooses among hosts with different
// prices; others say it in members of other names. Each is read by its name and by its type: an amount that is no number
// may be anything, and the charge is then unknown.
import { nanoUsdPerUsd } from '../../../domain/money.ts';
import { isObject, type JsonObject, memberOf } from '../json-value.ts';
import { isNothing } from '../unlisted.ts';
import { isFeeName, usdIn, usdMax } from './fee-name.ts';

/** xAI counts in parts of a dollar, and says so in the name of the member. */
const ticksPerUsd = 1e10;

export class Charge {
  #nanoUsd: bigint | undefined;
  #unread: string | null = null;

  take(usage: JsonObject): void {
    if (isForeign(usage)) return;
    this.#unread ??= unreadIn(usage);
    const said = larger(chargeIn(usage), guessIn(usage, this.#unread));
    if (said > (this.#nanoUsd ?? 0n)) this.#nanoUsd = said;
  }

  /** At least what was charged, if all of it can be read; undefined if the provider did not say it. */
  get nanoUsd(): bigint | undefined {
    return this.#nanoUsd;
  }

  /** The place of a charge that cannot be read; null if there is none. */
  get unread(): string | null {
    return this.#unread;
  }
}

const amounts = ['cost', 'estimated_cost', 'cost_in_usd_ticks'] as const;

function chargeIn(usage: JsonObject): bigint {
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
  return others.map(nanoUsdOf).reduce(larger, nanoUsdOf(stated) + nanoUsdOf(host));
}

function unreadIn(usage: JsonObject): string | null {
  for (const name of amounts) {
    const value = memberOf(usage, name);
    const isRead =
      name === 'cost' && isObject(value) ? isReadObject(value) : isAbsent(value) || isRate(name, value);
    if (!isRead) return `usage.${name}`;
  }
  const details = memberOf(usage, 'cost_details');
  if (isAbsent(details)) return null;
  if (!isObject(details)) return 'usage.cost_details';
  // What a host pays to another one is no part of what it charges; anything else may be.
  const strange = Object.entries(details).find(
    ([name, value]) =>
      !isCurrency(name) && !isNothing(value) && !(name.startsWith('upstream_') && isUsd(value)),
  );
  return strange === undefined ? null : `usage.cost_details.${strange[0]}`;
}

/** An object with parts and their sum. */
function isReadObject(cost: JsonObject): boolean {
  if (isNothing(cost)) return !hasYes(cost);
  const isKnown = ([name, value]: [string, unknown]) => isCurrency(name) || isAbsent(value) || isUsd(value);
  return isUsd(memberOf(cost, 'total_cost')) && Object.entries(cost).every(isKnown);
}

const hasYes = (cost: JsonObject) => Object.values(cost).includes(true);
const isCurrency = (name: string) => /^(?:cost_)?(?:currency|unit)$/.test(name);
const isUsd = (value: unknown) => typeof value === 'number' && value >= 0 && value <= usdMax;
const isRate = (name: string, value: unknown) =>
  isUsd(name === 'cost_in_usd_ticks' && typeof value === 'number' ? value / ticksPerUsd : value);

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '';
}

const known = new Set<string>([...amounts, 'cost_details']);

/** What charges that cannot be read, or are on no list, are at least, if their numbers are dollars. */
function guessIn(usage: JsonObject, unread: string | null): bigint {
  const isUnread = (name: string) => unread?.startsWith(`usage.${name}`) === true;
  return Object.entries(usage)
    .filter(([name]) => isFeeName(name) && (!known.has(name) || isUnread(name)) && !/ticks/i.test(name))
    .map(([, value]) => guessOf(value, guessDepthMax))
    .reduce(larger, 0n);
}

const guessDepthMax = 4;

/** The sum of all parts, or a total that is larger. */
function guessOf(value: unknown, depth: number): bigint {
  if (typeof value === 'string') return nanoUsdOf(usdIn(value));
  if (typeof value !== 'object' || value === null || depth === 0) return nanoUsdOf(value);
  let [parts, total] = [0n, 0n];
  for (const [name, each] of Object.entries(value)) {
    const nanoUsd = guessOf(each, depth - 1);
    if (/total/i.test(name)) total = larger(total, nanoUsd);
    else parts += nanoUsd;
  }
  return larger(parts, total);
}

/** A charge in another currency is none in dollars. */
export function isForeign(usage: JsonObject): boolean {
  return [usage, memberOf(usage, 'cost'), memberOf(usage, 'cost_details')].some((each) => {
    const currency = memberOf(each, 'currency') ?? memberOf(each, 'cost_currency') ?? memberOf(each, 'unit');
    return typeof currency === 'string' && !/^(?:US ?D(?:ollars?)?|\$|dollars?)$/i.test(currency.trim());
  });
}

function nanoUsdOf(usd: unknown): bigint {
  return isUsd(usd) ? BigInt(Math.round((usd as number) * Number(nanoUsdPerUsd))) : 0n;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
