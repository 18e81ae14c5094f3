// The price table: each given price becomes a row once, and is never changed (R-BUD-9).
import { sql } from 'kysely';
import type { ModelPrice, PriceStep } from '../../domain/agents/price.ts';
import type { Query } from '../database.ts';
import type { KeptStep } from '../schema/column-shapes.ts';
import { toJson } from '../storable.ts';
import type { StatedPrice } from './prices/in-force.ts';

export interface KeptPrice extends StatedPrice {
  from: Date;
  createdBy: string;
  createdAt: Date;
}

/** A price that a person set, before it has a version. */
export type PriceOfEnv = Pick<StatedPrice, 'name' | 'contextTokens'> & { steps: ModelPrice['steps'] };

/** The advisory lock for writers: they wait for one another, because versions are numbered. 'mpri' in ASCII. */
const statingLock = 0x6d707269;

/** The stored prices, in the order in which they were added. */
export async function keptPrices(query: Query, name?: string): Promise<KeptPrice[]> {
  let all = query.selectFrom('modelPrices').selectAll().orderBy('ordinal');
  if (name !== undefined) {
    const { provider, model } = halves(name);
    all = all.where('provider', '=', provider).where('model', '=', model);
  }
  const rows = await all.execute();
  return rows.map(({ provider, model, effectiveFrom, steps, ordinal: _, ...row }) => ({
    ...row,
    name: `${provider}/${model}`,
    from: effectiveFrom,
    steps: steps && stepsOf(steps),
  }));
}

/** Adds the missing editions of the list. An older Moose beside a newer one removes nothing. */
export async function stateList(query: Query, prices: readonly StatedPrice[]): Promise<string[]> {
  const editions = [...new Set(prices.map(editionOf))];
  const kept = await query
    .selectFrom('modelPrices')
    .select('version')
    .distinct()
    .where('version', 'in', editions)
    .execute();
  const missing = editions.filter((edition) => !kept.some(({ version }) => version === edition));
  const added = prices.filter((price) => missing.includes(editionOf(price)));
  if (added.length > 0) await addPrices(query, added, 'moose');
  return missing;
}

/**
 * A new or changed price becomes another version. `isWhole`: `given` is complete, so a price that was set before and is
 * missing now is replaced by the listed one; without a listed price it stays. Returns what was added.
 */
export async function stateGiven(
  query: Query,
  given: readonly PriceOfEnv[],
  { by, isWhole }: { by: string; isWhole: boolean },
): Promise<StatedPrice[]> {
  if (given.length === 0 && !isWhole) return [];
  await sql`select pg_advisory_xact_lock(${statingLock})`.execute(query);
  const kept = Map.groupBy(await keptPrices(query), ({ name }) => name);
  const newest = (name: string) => kept.get(name)?.findLast(({ source }) => source === 'given');
  const changed: Array<Omit<StatedPrice, 'version'>> = [];
  for (const { name, steps, contextTokens } of given) {
    const before = newest(name);
    if (!before || !isSame(before, { steps, contextTokens }))
      changed.push({ name, source: 'given', from: null, steps, contextTokens });
  }
  for (const [name, prices] of isWhole ? kept : []) {
    const isGiven = given.some((one) => one.name === name);
    const isListed = prices.some(({ source }) => source !== 'given');
    if (!isGiven && isListed && newest(name)?.steps)
      changed.push({ name, source: 'given', from: null, steps: null, contextTokens: null });
  }
  const added = changed.map((price): StatedPrice => {
    const count = kept.get(price.name)?.filter(({ source }) => source === 'given').length ?? 0;
    return { ...price, version: `given-${count + 1}` };
  });
  if (added.length > 0) await addPrices(query, added, by);
  return added;
}

async function addPrices(query: Query, prices: readonly StatedPrice[], by: string): Promise<void> {
  const rows = prices.map(({ name, version, source, from, steps, contextTokens }, place) => ({
    place,
    ...halves(name),
    version,
    source,
    effective_from: from,
    steps: steps?.map(keptStep),
    context_tokens: contextTokens,
  }));
  // Inserted in this order: if two apply, the later one wins.
  await sql`insert into model_prices
      (provider, model, version, effective_from, steps, context_tokens, source, created_by)
    select provider, model, version, coalesce(effective_from, clock_timestamp()), steps,
      context_tokens, source, ${by}
    from jsonb_to_recordset(${toJson(rows)}::jsonb) as stated (provider text, model text,
      version text, source text, effective_from timestamptz, steps jsonb, context_tokens integer, place integer)
    order by place
    on conflict (provider, model, version) do nothing`.execute(query);
}

/**
 * The edition of a price: all prices of one edition are added together; later prices of a model have their date
 * appended to the version.
 */
function editionOf({ version }: StatedPrice): string {
  return version.replace(/@.*$/, '');
}

function isSame(one: Pick<StatedPrice, 'steps' | 'contextTokens'>, other: typeof one): boolean {
  return one.contextTokens === other.contextTokens && toJson(one.steps) === toJson(other.steps);
}

function halves(name: string): { provider: string; model: string } {
  const at = name.indexOf('/');
  return { provider: name.slice(0, at), model: name.slice(at + 1) };
}

function keptStep({ aboveInputTokens, ...rates }: PriceStep): KeptStep {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output, perCall } = rates;
  return {
    aboveInputTokens,
    input: Number(input),
    cacheRead: Number(cacheRead),
    cacheWrite: Number(cacheWrite),
    cacheWrite1h: Number(cacheWrite1h),
    output: Number(output),
    ...(perCall !== undefined && { perCall: Number(perCall) }),
  };
}

function stepsOf(kept: readonly KeptStep[]): ModelPrice['steps'] {
  const [first, ...rest] = kept.map(
    (step): PriceStep => ({
      aboveInputTokens: step.aboveInputTokens,
      input: BigInt(step.input),
      cacheRead: BigInt(step.cacheRead),
      cacheWrite: BigInt(step.cacheWrite),
      cacheWrite1h: BigInt(step.cacheWrite1h),
      output: BigInt(step.output),
      ...(step.perCall !== undefined && { perCall: BigInt(step.perCall) }),
    }),
  );
  if (!first) throw new TypeError('A kept price has no step');
  return [first, ...rest];
}
