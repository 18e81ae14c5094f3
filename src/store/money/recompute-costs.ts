// Every cost can be computed again from its tokens and the price version that it was booked with (R-BUD-9).

import { costOf, dearerPrice, listedVersion, type ModelPrice } from '../../domain/agents/price.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Database, Query } from '../database.ts';
import { keptPrices } from './model-prices.ts';

export interface CostDifference {
  callId: ReservationId;
  model: string;
  priceVersion: string;
  bookedNanoUsd: bigint;
  /** Null if that version of the model's price is not in the table. */
  recomputedNanoUsd: bigint | null;
}

export interface RecomputedCosts {
  checked: number;
  /** The number of calls that an older Moose settled without a price version. */
  unversioned: number;
  differing: number;
  /** The first few differences. */
  differences: CostDifference[];
}

const pageCalls = 5_000;
const differencesMax = 100;
const nobody = '00000000-0000-0000-0000-000000000000' as ReservationId;

export async function recomputeCosts(database: Database, signal?: AbortSignal): Promise<RecomputedCosts> {
  const kept = await database.run((query) => keptPrices(query), signal);
  const prices = new Map<string, ModelPrice>();
  for (const { name, version, steps, contextTokens } of kept)
    if (steps) prices.set(`${name} ${version}`, { version, steps, contextTokens });
  const found: RecomputedCosts = { checked: 0, unversioned: 0, differing: 0, differences: [] };
  // Ends with the last page. Calls that are settled meanwhile may or may not be included.
  for (let after = nobody; ; ) {
    const page = await database.run((query) => settledCalls(query, after), signal);
    for (const call of page) look(call, prices, found);
    const last = page.at(-1);
    if (!last || page.length < pageCalls) return found;
    after = last.id;
  }
}

type SettledCall = Awaited<ReturnType<typeof settledCalls>>[number];

function settledCalls(query: Query, after: ReservationId) {
  return query
    .selectFrom('costTracking')
    .select(['id', 'model', 'pricedBy', 'priceVersion', 'actualNanoUsd'])
    .select(['inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'cacheWriteHourTokens', 'outputTokens'])
    .where('type', '=', 'actual')
    .where('status', '=', 'settled')
    .where('id', '>', after)
    .orderBy('id')
    .limit(pageCalls)
    .execute();
}

function look(call: SettledCall, prices: ReadonlyMap<string, ModelPrice>, found: RecomputedCosts): void {
  const { id, priceVersion, actualNanoUsd } = call;
  const model = call.pricedBy ?? call.model;
  if (priceVersion === null || model === null) {
    found.unversioned += 1;
    return;
  }
  found.checked += 1;
  const { version, tenths } = listedVersion(priceVersion);
  const price = prices.get(`${model} ${version}`);
  const recomputedNanoUsd = price ? costOf(dearerPrice(price, tenths), usageOf(call)) : null;
  const bookedNanoUsd = actualNanoUsd ?? 0n;
  if (recomputedNanoUsd === bookedNanoUsd) return;
  found.differing += 1;
  if (found.differences.length < differencesMax)
    found.differences.push({ callId: id, model, priceVersion, bookedNanoUsd, recomputedNanoUsd });
}

function usageOf(call: SettledCall) {
  return {
    inputTokens: Number(call.inputTokens ?? 0n),
    cacheReadTokens: Number(call.cacheReadTokens ?? 0n),
    cacheWriteTokens: Number(call.cacheWriteTokens ?? 0n),
    cacheWrite1hTokens: Number(call.cacheWriteHourTokens ?? 0n),
    outputTokens: Number(call.outputTokens ?? 0n),
  };
}
