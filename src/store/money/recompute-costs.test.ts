import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { noUsage, type TokenUsage } from '../../domain/agents/model-call.ts';
import { costOf, type ModelPrice } from '../../domain/agents/price.ts';
import { newId, type ReservationId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { keptPrices, stateGiven, stateList } from './model-prices.ts';
import { listedPrices } from './prices/listed-prices.ts';
import { priceListFile } from './prices/price-list-file.ts';
import { recomputeCosts } from './recompute-costs.ts';

const { edition } = priceListFile();

async function priceVersion(database: Database, name: string, version: string): Promise<ModelPrice> {
  const found = (await keptPrices(database.query, name)).find((one) => one.version === version);
  if (!found?.steps) throw new TypeError(`The price ${version} of ${name} is not there`);
  return { version, steps: found.steps, contextTokens: found.contextTokens };
}

async function book(
  database: Database,
  call: {
    model: string;
    version: string | null;
    nanoUsd: bigint;
    usage?: Partial<TokenUsage>;
    status?: 'settled' | 'presumed';
  },
): Promise<ReservationId> {
  const id = newId<ReservationId>(new Date());
  const usage = { ...noUsage, ...call.usage };
  await database.query
    .insertInto('costTracking')
    .values({
      id,
      type: 'actual',
      status: call.status ?? 'settled',
      serviceName: 'test',
      reservedNanoUsd: call.nanoUsd,
      actualNanoUsd: call.nanoUsd,
      model: call.model,
      priceVersion: call.version,
      inputTokens: BigInt(usage.inputTokens),
      cacheReadTokens: BigInt(usage.cacheReadTokens),
      cacheWriteTokens: BigInt(usage.cacheWriteTokens),
      cacheWriteHourTokens: BigInt(usage.cacheWrite1hTokens),
      outputTokens: BigInt(usage.outputTokens),
    })
    .execute();
  return id;
}

test('R-BUD-9: every settled cost matches its tokens and its price version, even after the price has changed', async () => {
  const database = await testDatabase();
  const model = 'anthropic/claude-sonnet-4-5';
  await stateList(database.query, listedPrices());
  const usage = {
    inputTokens: 3,
    cacheReadTokens: 100_000,
    cacheWriteTokens: 1_001,
    cacheWrite1hTokens: 20_000,
    outputTokens: 7,
  };
  // The cost was computed by hand, as in prices/costs-by-hand.test.ts.
  await book(database, { model, version: edition, nanoUsd: 153_867_750n, usage });
  await book(database, { model, version: null, nanoUsd: 1n });
  await book(database, { model, version: edition, nanoUsd: 999n, status: 'presumed' });
  const price = await priceVersion(database, model, edition);
  await database.transaction((query) =>
    stateGiven(query, [{ name: model, contextTokens: 1, steps: [{ ...price.steps[0], output: 1n }] }], {
      by: 'human:me',
      isWhole: false,
    }),
  );
  const given = await priceVersion(database, model, 'given-1');
  await book(database, {
    model,
    version: 'given-1',
    nanoUsd: costOf(given, { ...noUsage, ...usage }),
    usage,
  });
  expect(await recomputeCosts(database)).toEqual({
    checked: 2,
    unversioned: 1,
    differing: 0,
    differences: [],
  });
});

test('R-BUD-9: a cost that does not match its tokens is reported, and so is one with an unknown price', async () => {
  const database = await testDatabase();
  await stateList(database.query, listedPrices());
  const model = 'anthropic/claude-haiku-4-5';
  const wrong = await book(database, { model, version: edition, nanoUsd: 1_001n, usage: { inputTokens: 1 } });
  const unknown = await book(database, { model, version: 'list-0', nanoUsd: 5n });
  const found = await recomputeCosts(database);
  expect(found).toMatchObject({ checked: 2, differing: 2 });
  expect(found.differences).toEqual(
    expect.arrayContaining([
      { callId: wrong, model, priceVersion: edition, bookedNanoUsd: 1_001n, recomputedNanoUsd: 1_000n },
      { callId: unknown, model, priceVersion: 'list-0', bookedNanoUsd: 5n, recomputedNanoUsd: null },
    ]),
  );
});

test('all calls are checked, even more than one page, and only as many differences are kept as a person reads', async () => {
  const database = await testDatabase();
  await stateList(database.query, listedPrices());
  await sql`insert into cost_tracking (id, type, status, service_name, reserved_nano_usd, actual_nano_usd, model,
      price_version, input_tokens, output_tokens)
    select gen_random_uuid(), 'actual', 'settled', 'test', 1, case when n <= 150 then 7 else 1000 end,
      'anthropic/claude-haiku-4-5', ${edition}, 1, 0
    from generate_series(1, 10500) n`.execute(database.query);
  const found = await recomputeCosts(database);
  expect(found).toMatchObject({ checked: 10_500, differing: 150 });
  expect(found.differences).toHaveLength(100);
});

test('fear: no cost of a call in a dearer region can be computed again', async () => {
  const database = await testDatabase();
  await stateList(database.query, listedPrices());
  const model = 'vertex/claude-sonnet-4-5@20250929';
  // 100,000 tokens at $3 a million, and 10 % more.
  const call = { model, version: `${edition} x1.1`, usage: { inputTokens: 100_000 } };
  await book(database, { ...call, nanoUsd: 330_000_000n });
  expect(await recomputeCosts(database)).toMatchObject({ checked: 1, differing: 0 });
  await book(database, { ...call, nanoUsd: 300_000_000n });
  expect(await recomputeCosts(database)).toMatchObject({
    checked: 2,
    differences: [{ bookedNanoUsd: 300_000_000n, recomputedNanoUsd: 330_000_000n }],
  });
});
