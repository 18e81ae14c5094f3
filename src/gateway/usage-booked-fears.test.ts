// How a provider's report of its usage might corrupt the ledger (R-BUD-2).
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { type ModelPrice, nanoUsdPerMillion } from '../domain/agents/price.ts';
import { findAmong, listedPrices } from '../store/money/prices/listed-prices.ts';
import {
  ask,
  callRows,
  dollar,
  gatewayGround,
  price,
  send,
  stoppedModels,
  theCall,
} from './gateway-ground.fixture.ts';
import { isOwnHost, priceAt } from './request/own-host.ts';
import { beginsStream, message, wholeMessage } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
/** 10,000 bytes make at least about 1,250 tokens. */
const body = message({ stream: true, max_tokens: 100, system: 'word '.repeat(2_000) });

/** The amount that is reserved before the answer starts, and that is presumed spent if the answer is cut off. */
async function cutAfter(input: number, isFirstWordTrue: boolean) {
  const database = shared();
  const begun = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => begun.resolve(answer),
    isFirstWordTrue,
  });
  send(ground, { body }).on('response', (answer) => answer.on('error', () => undefined).resume());
  const answer = await begun.promise;
  const heldNanoUsd = (await callRows(database))[0]?.reservedNanoUsd ?? 0n;
  beginsStream(answer, { input });
  answer.write('\n\n', () => answer.destroy());
  const { status, actualNanoUsd } = await theCall(database);
  expect(status).toBe('presumed');
  return { heldNanoUsd, presumedNanoUsd: actualNanoUsd };
}

test.each([
  ['0', 0, true],
  ['fewer tokens than the text can have', 300, true],
  ['a number, at an address where anybody may be', 2_000, false],
])(
  'R-BUD-2: fear: the start of an answer reports %s as a placeholder, which releases the reservation',
  async (_, input, isTrue) => {
    const { heldNanoUsd, presumedNanoUsd } = await cutAfter(input, isTrue);
    expect(heldNanoUsd).toBeGreaterThan(0n);
    expect(presumedNanoUsd).toBe(heldNanoUsd);
  },
);

test('R-BUD-4: the usage at the start of an answer is trusted where it is what is billed', async () => {
  const { heldNanoUsd, presumedNanoUsd } = await cutAfter(2_000, true);
  expect(presumedNanoUsd).toBeLessThan(heldNanoUsd);
  // 2,000 input tokens at $3 and 100 output tokens at $15 a million, and 1,024 that may be thought beside them.
  expect(presumedNanoUsd).toBe(6_000_000n + 1_500_000n + 15_360_000n);
});

test('R-BUD-2: fear: a more expensive tariff than requested is booked at the reservation for the default one', async () => {
  const database = shared();
  const usage = { input_tokens: 100, output_tokens: 900, speed: 'fast' };
  const dear = JSON.stringify({ ...JSON.parse(wholeMessage()), usage });
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(dear);
    },
    nanoUsd: dollar,
  });
  expect(await ask(ground)).toMatchObject({ status: 200 });
  // Six times the price of 100 tokens at $3 and 900 at $15 a million, which is more than was reserved.
  expect(await theCall(database)).toMatchObject({
    status: 'settled',
    actualNanoUsd: 6n * (300_000n + 13_500_000n),
  });
  expect(await stoppedModels(database)).toEqual(['scripted/m-1']);
});

test('R-BUD-9: fear: work that stays in a region costs more than the list says', () => {
  expect(priceAt({ baseUrl: 'https://api.openai.com/v1' }, price)).toBe(price);
  const { steps, version } = priceAt({ baseUrl: 'https://eu.api.openai.com/v1' }, price);
  expect(version).not.toBe(price.version);
  expect(steps[0]).toEqual({
    aboveInputTokens: 0,
    input: 3_300_000_000n,
    cacheRead: 330_000_000n,
    cacheWrite: 4_125_000_000n,
    cacheWrite1h: 6_600_000_000n,
    output: 16_500_000_000n,
  });
});

test.each([
  ['us-east-1', '3.3'],
  ['us-gov-west-1', '3.96'],
])('R-BUD-9: fear: on Bedrock in %s, a model costs more than is booked', (region, usd) => {
  const credentials = { kind: 'bearer', token: 'secret' } as const;
  const baseUrl = `https://bedrock-runtime.${region}.amazonaws.com`;
  const listed = findAmong(listedPrices())('bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0') as ModelPrice;
  const { steps } = priceAt({ baseUrl, cloud: { name: 'bedrock', region, credentials } }, listed);
  expect(steps[0].input).toBe(nanoUsdPerMillion(usd));
});

test.each([
  ['https://api.anthropic.com/v1', true],
  ['https://api.anthropic.com.example.com/v1', false],
  ['https://proxy.example.com/api.anthropic.com', false],
  ['no address', false],
])("%s is the host of the protocol's maker: %s", (baseUrl, isOwn) => {
  expect(isOwnHost('anthropic-messages', baseUrl)).toBe(isOwn);
});

test('R-BUD-2: fear: the cost of an impossible number of tokens is too large for the database, and is booked never', async () => {
  const database = shared();
  const usage = { input_tokens: 100, output_tokens: Number.MAX_SAFE_INTEGER };
  const mad = JSON.stringify({ ...JSON.parse(wholeMessage()), usage });
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(mad);
    },
  });
  expect(await ask(ground)).toMatchObject({ status: 200 });
  const { status, actualNanoUsd, reservedNanoUsd } = await theCall(database);
  expect([status, actualNanoUsd]).toEqual(['presumed', reservedNanoUsd]);
});

const document = (usage: object, more: object = {}) =>
  JSON.stringify({ ...JSON.parse(wholeMessage()), usage, ...more });

test.each([
  ['with counts that are not numbers', document({ input_tokens: 'many', output_tokens: 50, cost: 0.5 })],
  ['without an output', document({ cost: 0.5, input_tokens: 100 })],
])(
  'R-BUD-2: fear: a stated charge above the reservation is not booked in an answer %s',
  async (_, written) => {
    const database = shared();
    const ground = await gatewayGround(database, {
      behave: (_request, answer) => answer.end(written),
      billsItsCharge: true,
    });
    expect(await ask(ground)).toMatchObject({ status: 200 });
    expect(await theCall(database)).toMatchObject({ status: 'settled', actualNanoUsd: dollar / 2n });
    expect(await stoppedModels(database)).toEqual(['scripted/m-1']);
  },
);

test('R-BUD-2: fear: an input that costs more than was reserved is booked at the reservation if its answer is cut off', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      beginsStream(answer, { input: 150_000 });
      answer.write('\n\n', () => answer.destroy());
    },
    nanoUsd: dollar,
  });
  await ask(ground, { body: message({ stream: true, max_tokens: 100 }) });
  // 150,000 input tokens at $3 a million.
  expect(await theCall(database)).toMatchObject({ status: 'settled', actualNanoUsd: 450_000_000n });
  expect(await stoppedModels(database)).toEqual(['scripted/m-1']);
});
