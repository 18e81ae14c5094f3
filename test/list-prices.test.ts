// Each price in the list is that of the pinned library, and nobody has edited it later.
import { calcPrice } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { readListPrices } from '../scripts/read-list-prices.ts';
import { readConfig } from '../src/app/config/config.ts';
import { isCloud } from '../src/domain/agents/cloud.ts';
import { noUsage } from '../src/domain/agents/model-call.ts';
import { costOf } from '../src/domain/agents/price.ts';
import { findAmong, listedPrices } from '../src/store/money/prices/listed-prices.ts';
import { priceListFile } from '../src/store/money/prices/price-list-file.ts';

const libraryProviders: Readonly<Record<string, string>> = { gemini: 'google' };
const listedAt = new Date('2026-10-01T00:00:00Z');

test('R-BUD-9: the list matches the pinned library (node scripts/seed-prices.ts --write)', () => {
  expect(priceListFile()).toEqual(readListPrices());
});

test("R-BUD-9: each name costs the same as by the library's own arithmetic, for every kind of token and every step", () => {
  const priceOf = findAmong(listedPrices(), () => listedAt);
  const names = [...new Set(listedPrices().map(({ name }) => name))];
  expect(names.length).toBeGreaterThan(200);
  for (const name of names) {
    const price = priceOf(name);
    if (!price) throw new TypeError(`${name} has no price`);
    const [, provider = '', model = ''] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
    if (isCloud(provider)) continue;
    const providerId = libraryProviders[provider] ?? provider;
    for (const scale of [1, ...price.steps.map(({ aboveInputTokens }) => aboveInputTokens)]) {
      const usage = {
        ...noUsage,
        inputTokens: scale + 1_001,
        cacheReadTokens: scale + 2_003,
        cacheWriteTokens: scale + 3_007,
        cacheWrite1hTokens: scale + 4_001,
        outputTokens: 5_003,
      };
      const said = calcPrice(
        {
          input_tokens:
            usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens,
          cache_read_tokens: usage.cacheReadTokens,
          cache_write_tokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
          cache_write_1h_tokens: usage.cacheWrite1hTokens,
          output_tokens: usage.outputTokens,
        },
        model,
        { providerId, timestamp: listedAt },
      );
      if (!said) throw new TypeError(`${name} is unknown to the library`);
      const ours = Number(costOf(price, usage)) / 1e9;
      // Our cost is rounded up to the nano-dollar; the library's is a float.
      expect(Math.abs(ours - said.total_price), `${name} at ${scale}`).toBeLessThan(1e-8);
    }
  }
});

const atClouds = [...new Set(listedPrices().map(({ name }) => name))].filter((name) =>
  /^(?:bedrock|vertex)\//.test(name),
);

test('R-BUD-9: a model on a cloud never costs less than the library says, nor less than at Anthropic', () => {
  const priceOf = findAmong(listedPrices(), () => listedAt);
  expect(atClouds.length).toBeGreaterThan(100);
  for (const name of atClouds) {
    const step = priceOf(name)?.steps[0];
    const [provider = '', model = ''] = name.split('/');
    const providerId = provider === 'bedrock' ? 'aws' : 'anthropic';
    const asked = provider === 'bedrock' ? model : model.replace(/@default$/, '').replace('@', '-');
    if (!step) throw new TypeError(`${name} has no price`);
    const said = calcPrice(
      {
        input_tokens: 30_000,
        cache_read_tokens: 10_000,
        cache_write_tokens: 10_000,
        output_tokens: 10_000,
      },
      asked,
      { providerId, timestamp: listedAt },
    );
    if (!said) throw new TypeError(`${name} is unknown to the library`);
    const own = findAmong(listedPrices(), () => listedAt)(`anthropic/${ownModel(asked)}`)?.steps[0];
    expect(step.cacheWrite1h, name).toBeGreaterThanOrEqual(2n * step.input);
    expect(step.input, name).toBeGreaterThanOrEqual(own?.input ?? 0n);
    expect(step.output, name).toBeGreaterThanOrEqual(own?.output ?? 0n);
    // 10,000 tokens of each kind.
    const ours = Number(step.input + step.cacheRead + step.cacheWrite + step.output) / 1e11;
    expect(ours, name).toBeGreaterThanOrEqual(said.total_price - 1e-8);
  }
});

const ownModel = (model: string) => model.replace(/^(?:[a-z]+\.)?anthropic\./, '').replace(/-v1(?::0)?$/, '');

test.each([
  ['bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_000_000_000n],
  ['bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000_000n],
  ['bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000_000n],
  ['vertex/claude-sonnet-4-5@20250929', 3_000_000_000n],
])('%s costs what its regions cost', (name, input) => {
  expect(findAmong(listedPrices(), () => listedAt)(name)?.steps[0].input).toBe(input);
});

test.each([
  'bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0',
  'bedrock/us-gov.anthropic.claude-opus-5-5',
  'vertex/claude-opus-4-1',
])('%s has no price', (name) => {
  expect(findAmong(listedPrices(), () => listedAt)(name)).toBeNull();
});

/** The models that are used if nobody names one, and those that agents call in addition. */
const namedByMoose = [
  'anthropic/claude-haiku-4-5-20251001',
  'anthropic/claude-sonnet-4-5-20250929',
  'anthropic/claude-opus-4-5-20251101',
  'openai/gpt-5.3-codex',
  'openai/gpt-5.6-sol',
  'openai/gpt-5.6-terra',
  'openai/gpt-5.6-luna',
  'gemini/gemini-2.5-pro',
  'gemini/gemini-2.5-flash',
  'gemini/gemini-2.5-flash-lite',
  'gemini/gemini-3-flash-preview',
  'gemini/gemini-3.1-pro-preview',
  'gemini/gemini-3.5-flash',
];

test('R-BUD-9: the list has the exact names that Moose and its agents use, with their context sizes', () => {
  const { models } = readConfig({
    ANTHROPIC_API_KEY: 'k',
    OPENAI_API_KEY: 'k',
    GEMINI_API_KEY: 'k',
  }).engine;
  const names = [...namedByMoose, ...models.light, ...models.standard, ...models.strong];
  const priceOf = findAmong(listedPrices(), () => listedAt);
  expect(names.filter((name) => !priceOf(name)?.contextTokens)).toEqual([]);
});

test('R-BUD-9: no name of the list is a prefix for which the library would accept any model', () => {
  const names = new Set(listedPrices().map(({ name }) => name));
  for (const unknown of ['openai/gpt-5.6', 'anthropic/claude-opus-5']) expect(names).toContain(unknown);
  for (const unknown of [
    'openai/gpt-99',
    'openai/gpt-5-nano-fast',
    'anthropic/claude-opus-4-6-fast',
    'anthropic/claude-haiku-4-5-20991231',
    'gemini/gemini-2.5-pro-experimental',
  ])
    expect(names).not.toContain(unknown);
});

test('models of the library that the list lacks are named with the reason', () => {
  const { leftOut, models } = priceListFile();
  expect(Object.keys(leftOut).length).toBeGreaterThan(50);
  expect(Object.values(leftOut).every((reason) => reason.length > 10)).toBe(true);
  const listed = new Set(models.flatMap(({ provider, names }) => names.map((name) => `${provider}/${name}`)));
  expect(Object.keys(leftOut).filter((name) => listed.has(name))).toEqual([]);
});
