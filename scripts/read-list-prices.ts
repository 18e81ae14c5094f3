// Converts the prices of `@pydantic/genai-prices` into Moose's own list: only exact names, and the higher price in case
// of doubt. It throws if the list cannot express something in the library, so that a new version is looked at before it
// is used.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  calcPrice,
  findProvider,
  type ModelInfo,
  type ModelPrice,
  type Provider,
} from '@pydantic/genai-prices';
import type {
  ListedModel,
  ListedPrice,
  ListedStep,
  PriceListFile,
} from '../src/store/money/prices/price-list-file.ts';
import { leftOutBecause, realContext, snapshotsOf } from './price-list-facts.ts';
import { cloudModels } from './read-cloud-prices.ts';

const library = '@pydantic/genai-prices';
/**
 * When this version of the library was released. Prices that had ended by then are left out, because Moose has no calls
 * from that time.
 */
const listedAt = '2026-09-23';
/** For each provider in the library, Moose's name of it. */
const providers = { anthropic: 'anthropic', openai: 'openai', google: 'gemini' } as const;
type LibraryProvider = keyof typeof providers;

/**
 * A price changes within this time of its date, because the time zone is not known. Meanwhile, the higher price
 * applies.
 */
const changeMarginMs = 24 * 60 * 60_000;

export function readListPrices(): PriceListFile {
  const models: ListedModel[] = [];
  const leftOut: Record<string, string> = {};
  for (const id of Object.keys(providers) as LibraryProvider[]) {
    const provider = findProvider({ providerId: id });
    if (!provider) throw new Error(`${library} has no provider ${id}`);
    for (const model of provider.models) {
      const { names, refused } = namesOf(provider, id, model);
      for (const [name, reason] of Object.entries(refused)) leftOut[`${providers[id]}/${name}`] = reason;
      if (names.length === 0) continue;
      const contextTokens = realContext(id, model.id, model.context_window ?? null);
      models.push({ provider: providers[id], names, contextTokens, prices: pricesOf(model) });
    }
  }
  models.push(...cloudModels(pricesOf, dearerOf));
  refuseTwice(models);
  const content = createHash('sha256').update(JSON.stringify(models)).digest('hex').slice(0, 8);
  const version = installedVersion();
  return {
    edition: `genai-prices-${version}-${content}`,
    library: `${library} ${version}`,
    listedAt,
    models,
    leftOut,
  };
}

function installedVersion(): string {
  const manifest = new URL(`../node_modules/${library}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function namesOf(
  provider: Provider,
  id: LibraryProvider,
  model: ModelInfo,
): { names: string[]; refused: Record<string, string> } {
  const all = [...new Set([model.id, ...equalNames(model.match), ...snapshotsOf(id, model.id)])].sort();
  const refused: Record<string, string> = {};
  const names = all.filter((name) => {
    const reason = isFamily(provider, name, model)
      ? 'it is not the name of one model'
      : leftOutBecause(id, name, model, currentPrices(model));
    if (reason !== null) refused[name] = reason;
    return reason === null;
  });
  return { names, refused };
}

/**
 * Whether the name is only the beginning of models' names: by itself it is no model, or the library takes it for
 * another one.
 */
function isFamily(provider: Provider, name: string, model: ModelInfo): boolean {
  if (name.endsWith('-')) return true;
  return calcPrice({ input_tokens: 1, output_tokens: 1 }, name, { provider })?.model.id !== model.id;
}

function equalNames(match: ModelInfo['match']): string[] {
  if ('or' in match) return match.or.flatMap(equalNames);
  return 'equals' in match ? [match.equals] : [];
}

function currentPrices(model: ModelInfo): ModelPrice[] {
  return datedPrices(model).map(({ prices }) => prices);
}

/** The prices with their start times; the first price has no start. */
function datedPrices(model: ModelInfo): Array<{ from: number | null; prices: ModelPrice }> {
  if (!Array.isArray(model.prices)) return [{ from: null, prices: model.prices }];
  const dated = model.prices.map(({ constraint, prices }) => {
    if (constraint && constraint.type !== 'start_date') {
      throw new Error(`${model.id} has a price that depends on ${constraint.type}`);
    }
    return { from: constraint ? Date.parse(`${constraint.start_date}T00:00:00Z`) : null, prices };
  });
  const inForce = dated.findLastIndex(({ from }) => (from ?? 0) + changeMarginMs <= Date.parse(listedAt));
  return dated.slice(Math.max(0, inForce)).map((one, index) => (index === 0 ? { ...one, from: null } : one));
}

function pricesOf(model: ModelInfo): ListedPrice[] {
  const listed: ListedPrice[] = [];
  const add = (from: string | null, steps: ListedStep[]) => {
    if (JSON.stringify(listed.at(-1)?.steps) !== JSON.stringify(steps)) listed.push({ from, steps });
  };
  let before: ListedStep[] = [];
  for (const { from, prices } of datedPrices(model)) {
    const steps = stepsOf(model.id, prices);
    if (from === null) add(null, steps);
    else {
      add(new Date(from - changeMarginMs).toISOString(), dearerOf(before, steps));
      add(new Date(from + changeMarginMs).toISOString(), steps);
    }
    before = steps;
  }
  return listed;
}

function dearerOf(one: readonly ListedStep[], other: readonly ListedStep[]): ListedStep[] {
  const starts = new Set([...one, ...other].map(({ aboveInputTokens }) => aboveInputTokens));
  const at = (steps: readonly ListedStep[], start: number) =>
    steps.findLast(({ aboveInputTokens }) => aboveInputTokens <= start) as ListedStep;
  const dearer = (a: string, b: string) => (Number(a) > Number(b) ? a : b);
  return [...starts]
    .sort((a, b) => a - b)
    .map((start) => {
      const [a, b] = [at(one, start), at(other, start)];
      return {
        aboveInputTokens: start,
        input: dearer(a.input, b.input),
        cacheRead: dearer(a.cacheRead, b.cacheRead),
        cacheWrite: dearer(a.cacheWrite, b.cacheWrite),
        cacheWrite1h: dearer(a.cacheWrite1h, b.cacheWrite1h),
        output: dearer(a.output, b.output),
      };
    });
}

/** What is charged for text. The gateway refuses requests for anything else (searches, audio, pictures). */
const known = new Set([
  'input_mtok',
  'output_mtok',
  'cache_read_mtok',
  'cache_write_mtok',
  'cache_write_1h_mtok',
]);
const refusedByTheGateway =
  /^(web_searches_kcount|storage_searches_kcount|input_(audio|image|video)_mtok|cache_(audio|image)_read_mtok)$/;

/**
 * The library's tiers are Moose's steps: the highest tier that the whole input exceeds applies to every token of the
 * call.
 */
function stepsOf(id: string, prices: ModelPrice): ListedStep[] {
  const starts = new Set([0]);
  for (const [key, price] of Object.entries(prices)) {
    if (!known.has(key) && !refusedByTheGateway.test(key)) throw new Error(`${id} has a price for ${key}`);
    if (known.has(key) && typeof price === 'object') for (const { start } of price.tiers) starts.add(start);
  }
  return [...starts].sort((a, b) => a - b).map((start) => stepAt(prices, start));
}

function stepAt(prices: ModelPrice, start: number): ListedStep {
  const rate = (key: string): string | null => {
    const price = prices[key];
    if (price === undefined) return null;
    if (typeof price === 'number') return decimal(price);
    return decimal(price.tiers.findLast((tier) => start >= tier.start)?.price ?? price.base);
  };
  const input = rate('input_mtok') ?? '0';
  // Without a rate of its own, cached input costs the same as other input.
  const cacheWrite = rate('cache_write_mtok') ?? input;
  return {
    aboveInputTokens: start,
    input,
    cacheRead: rate('cache_read_mtok') ?? input,
    cacheWrite,
    cacheWrite1h: rate('cache_write_1h_mtok') ?? cacheWrite,
    output: rate('output_mtok') ?? '0',
  };
}

function decimal(price: number): string {
  const text = String(price);
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`A price of ${text} is not written in decimals`);
  return text;
}

function refuseTwice(models: readonly ListedModel[]): void {
  const seen = new Set<string>();
  for (const { provider, names } of models)
    for (const name of names) {
      if (seen.has(`${provider}/${name}`)) throw new Error(`${provider}/${name} has two prices`);
      seen.add(`${provider}/${name}`);
    }
}
