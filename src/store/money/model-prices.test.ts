import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { nanoUsdPerMillion, type PriceStep } from '../../domain/agents/price.ts';
import type { Database } from '../database.ts';
import { keptPrices, type PriceOfEnv, stateGiven, stateList } from './model-prices.ts';
import { PriceBook } from './price-book.ts';
import type { StatedPrice } from './prices/in-force.ts';
import { listedPrices } from './prices/listed-prices.ts';

const usd = nanoUsdPerMillion;

function step(input: string, output: string): PriceStep {
  const rate = usd(input);
  return {
    aboveInputTokens: 0,
    input: rate,
    cacheRead: rate,
    cacheWrite: rate,
    cacheWrite1h: rate,
    output: usd(output),
  };
}

const given = (name: string, input: string): PriceOfEnv => ({
  name,
  contextTokens: null,
  steps: [step(input, '1')],
});
const listed = (name: string, version: string, input: string, from: Date | null = null): StatedPrice => ({
  ...given(name, input),
  version,
  source: 'list',
  from,
});

const state = (database: Database, prices: readonly PriceOfEnv[], isWhole = false) =>
  database.transaction((query) => stateGiven(query, prices, { by: 'human:me', isWhole }));

const hourMs = 60 * 60_000;
const book = (database: Database, now?: () => number) =>
  new PriceBook(database, {
    freshMsMax: hourMs,
    staleMsMax: 0,
    ...(now ? { now } : {}),
    onFailure: (cause) => {
      throw cause;
    },
  });

test('R-BUD-9: the list is stored once, exactly, and again only after a change', async () => {
  const database = await testDatabase();
  const prices = listedPrices();
  const first = await stateList(database.query, prices);
  expect(first).toHaveLength(1);
  expect(await stateList(database.query, prices)).toEqual([]);
  const kept = await keptPrices(database.query);
  expect(
    kept.map(({ name, version, steps, contextTokens, source }) => ({
      name,
      version,
      steps,
      contextTokens,
      source,
    })),
  ).toEqual(
    prices
      .map(({ from: _, ...price }) => price)
      .map(({ name, version, steps, contextTokens, source }) => ({
        name,
        version,
        steps,
        contextTokens,
        source,
      })),
  );
  const haiku = await book(database).priceOf('anthropic/claude-haiku-4-5');
  expect(haiku).toMatchObject({ version: first[0], contextTokens: 200_000 });
  expect(haiku?.steps).toEqual([
    {
      aboveInputTokens: 0,
      input: 1_000_000_000n,
      cacheRead: 100_000_000n,
      cacheWrite: 1_250_000_000n,
      cacheWrite1h: 2_000_000_000n,
      output: 5_000_000_000n,
    },
  ]);
});

test('R-BUD-9: concurrent starts store the listed and the given prices once', async () => {
  const database = await testDatabase();
  const prices = listedPrices().slice(0, 20);
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      await stateList(database.query, prices);
      await state(database, [given('compatible/qwen3', '0.2')]);
    }),
  );
  const kept = await keptPrices(database.query);
  expect(kept).toHaveLength(21);
  expect(kept.filter(({ source }) => source === 'given')).toMatchObject([
    { name: 'compatible/qwen3', version: 'given-1', createdBy: 'human:me' },
  ]);
});

test.each([
  'update model_prices set context_tokens = 1',
  'delete from model_prices',
  'truncate model_prices',
])('R-BUD-9: a price is never changed: %s', async (statement) => {
  const database = await testDatabase();
  await state(database, [given('compatible/qwen3', '0.2')]);
  await expect(database.run((query) => sql.raw(statement).execute(query))).rejects.toMatchObject({
    code: 'PRICE_CHANGED',
  });
  expect(await keptPrices(database.query)).toHaveLength(1);
});

test('a given price takes precedence over the list; a changed one is a new version, and the old one stays', async () => {
  const database = await testDatabase();
  const name = 'openai/gpt-x';
  await stateList(database.query, [listed(name, 'list-1', '3')]);
  const inputNow = async () => (await book(database).priceOf(name))?.steps[0].input;
  expect(await inputNow()).toBe(usd('3'));
  await state(database, [given(name, '4')]);
  expect(await inputNow()).toBe(usd('4'));
  expect(await state(database, [given(name, '4')])).toEqual([]);
  await stateList(database.query, [listed(name, 'list-2', '5')]);
  expect(await inputNow()).toBe(usd('4'));
  await state(database, [given(name, '6')]);
  expect(await inputNow()).toBe(usd('6'));
  const kept = await keptPrices(database.query, name);
  expect(kept.map(({ version, steps }) => [version, steps?.[0].input])).toEqual([
    ['list-1', usd('3')],
    ['given-1', usd('4')],
    ['list-2', usd('5')],
    ['given-2', usd('6')],
  ]);
});

test('fear: a given price that was removed from the settings still applies instead of the list', async () => {
  const database = await testDatabase();
  await stateList(database.query, [listed('openai/gpt-x', 'list-1', '3')]);
  await state(database, [given('openai/gpt-x', '0'), given('compatible/own', '1')]);
  // Only a worker's prices are complete: a command without the setting removes no price.
  await state(database, []);
  expect((await book(database).priceOf('openai/gpt-x'))?.version).toBe('given-1');
  await state(database, [], true);
  expect((await book(database).priceOf('openai/gpt-x'))?.version).toBe('list-1');
  expect((await book(database).priceOf('compatible/own'))?.version).toBe('given-1');
  expect(await state(database, [], true)).toEqual([]);
  await state(database, [given('openai/gpt-x', '0')]);
  expect((await book(database).priceOf('openai/gpt-x'))?.version).toBe('given-3');
});

test('fear: an older Moose that starts beside a newer one restores its older list', async () => {
  const database = await testDatabase();
  await stateList(database.query, [listed('a/b', 'list-1', '1')]);
  await stateList(database.query, [listed('a/b', 'list-2', '2')]);
  await stateList(database.query, [listed('a/b', 'list-1', '1')]);
  expect((await book(database).priceOf('a/b'))?.version).toBe('list-2');
});

test('a dated price applies from its date on', async () => {
  const database = await testDatabase();
  const date = new Date('2099-01-01T00:00:00Z');
  await stateList(database.query, [
    listed('a/b', 'list-1', '1'),
    listed('a/b', 'list-1@2099-01-01', '2', date),
  ]);
  let now = Date.now();
  const prices = book(database, () => now);
  expect((await prices.priceOf('a/b'))?.version).toBe('list-1');
  now = date.getTime() - 1;
  expect((await prices.priceOf('a/b'))?.version).toBe('list-1');
  now = date.getTime();
  expect((await prices.priceOf('a/b'))?.version).toBe('list-1@2099-01-01');
  // A clock that is behind that of the process which dated the prices.
  now = 0;
  expect((await prices.priceOf('a/b'))?.version).toBe('list-1');
});
