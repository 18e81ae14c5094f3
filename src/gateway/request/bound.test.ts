import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TokenUsage } from '../../domain/agents/model-call.ts';
import { costOf, type ModelPrice, nanoUsdPerMillion, type PriceStep } from '../../domain/agents/price.ts';
import type { CachePremium, InputPart } from '../wire/wire.ts';
import { affordableOutput, type BoundedCall, shrunk, type WorstCase, worstCase } from './bound.ts';
import { type FindSettled, PrefixMemory } from './prefix-memory.ts';

const scope = { keyId: 'k', model: 'a/m' };
const nothingSettled: FindSettled = () => null;

function step(above: number, usd: [string, string, string, string, string]): PriceStep {
  const [input, cacheRead, cacheWrite, cacheWrite1h, output] = usd.map(nanoUsdPerMillion) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return { aboveInputTokens: above, input, cacheRead, cacheWrite, cacheWrite1h, output };
}

const sonnet: ModelPrice = {
  version: 'v',
  steps: [step(0, ['3', '0.3', '3.75', '6', '15']), step(200_000, ['6', '0.6', '7.5', '12', '22.5'])],
  contextTokens: 1_000_000,
};

function call(sizes: Array<number | null>, cachePremium: CachePremium = 'none', from = 'p'): BoundedCall {
  const parts = sizes.map(
    (tokensMax, index): InputPart => ({ hash: `${from}${index}`, bytes: tokensMax ?? 0, tokensMax }),
  );
  return { model: 'm', parts, besideTokensMax: 0, cachePremium };
}

function bounded(...given: Parameters<typeof worstCase>): WorstCase {
  const bound = worstCase(...given);
  if ('refusal' in bound) throw new TypeError(bound.refusal.message);
  return bound;
}

test('R-BUD-3: the bound counts every byte as a token, at the most expensive input rate, and the full answer', () => {
  // 1,000 for the request, 64 for each part: 1,000 + 2 x 64 + 500 + 300 = 1,928 x $3.75/M = 7,230,000n; 100 x $15/M = 1,500,000n.
  expect(bounded(call([500, 300]), sonnet, 100, nothingSettled)).toEqual({
    inputTokensMax: 1_928,
    worstCaseNanoUsd: 8_730_000n,
  });
  // With a one-hour cache: 1,928 x $6/M = 11,568,000n.
  expect(bounded(call([500, 300], 'write_1h'), sonnet, 100, nothingSettled).worstCaseNanoUsd).toBe(
    13_068_000n,
  );
});

test('R-BUD-3: an input that may reach a more expensive price step is bounded at that step, and so is its answer', () => {
  // 1,000 + 64 + 198,936 = 200,000 tokens, which is not above the step. 200,000 x $3.75/M = 750,000,000n; 1,000 x $15/M
  // = 15,000,000n.
  expect(bounded(call([198_936]), sonnet, 1_000, nothingSettled)).toEqual({
    inputTokensMax: 200_000,
    worstCaseNanoUsd: 765_000_000n,
  });
  // 200,001 x $7.50/M = 1,500,007,500n; 1,000 x $22.50/M = 22,500,000n.
  expect(bounded(call([198_937]), sonnet, 1_000, nothingSettled).worstCaseNanoUsd).toBe(1_522_507_500n);
});

test('R-BUD-10: fear: a context that has grown since it was listed bounds what is sent to it', () => {
  const old = { ...sonnet, contextTokens: 200_000 };
  expect(bounded(call([10, null]), old, 0, nothingSettled).inputTokensMax).toBe(1_050_000);
  expect(
    bounded(call([10, null]), { ...old, contextTokens: 2_000_000 }, 0, nothingSettled).inputTokensMax,
  ).toBe(2_000_000);
  expect(bounded(call([900_000]), old, 0, nothingSettled).inputTokensMax).toBe(901_064);
});

test('R-BUD-3: what nothing bounds is refused, in a sentence that says what to do', () => {
  const unknown = { ...sonnet, contextTokens: null };
  expect(worstCase(call([10, null]), unknown, 100, nothingSettled)).toEqual({
    refusal: {
      failure: 'refused_feature',
      message: expect.stringMatching(/context size of m .*MOOSE_PRICES/),
    },
  });
  // Content of unknown size has a bound if the provider has counted it before.
  const memory = new PrefixMemory();
  memory.remember(scope, call([10, null]).parts, usage({ inputTokens: 5_000, outputTokens: 70 }));
  const next = call([10, null, 200]);
  expect(bounded(next, unknown, 0, memory.finder(scope)).inputTokensMax).toBe(5_000 + 70 + 1_000 + 64 + 200);
});

test('after a settled prefix, the next call is bounded by its new parts only; the longest prefix is used', () => {
  const memory = new PrefixMemory();
  memory.remember(scope, call([40_000]).parts, usage({ inputTokens: 9_000, outputTokens: 10 }));
  memory.remember(
    scope,
    call([40_000, 4_000]).parts,
    usage({ cacheReadTokens: 9_000, cacheWriteTokens: 1_000, cacheWrite1hTokens: 7, outputTokens: 500 }),
  );
  const find = memory.finder(scope);
  const next = call([40_000, 4_000, 300, 20]);
  expect(bounded(next, sonnet, 0, find).inputTokensMax).toBe(10_007 + 500 + 1_000 + 2 * 64 + 320);
  // Repeating the same request adds nothing new.
  expect(bounded(call([40_000, 4_000]), sonnet, 0, find).inputTokensMax).toBe(10_007 + 500 + 1_000);
  // The bytes may give a lower bound.
  expect(bounded(call([100, 50]), sonnet, 0, () => ({ inputTokens: 90_000, outputTokens: 0 }))).toMatchObject(
    {
      inputTokensMax: 1_000 + 2 * 64 + 150,
    },
  );
});

test('fear: the count of another key or another model bounds this call', () => {
  const memory = new PrefixMemory();
  memory.remember(scope, call([40_000]).parts, usage({ inputTokens: 9_000 }));
  expect(memory.finder({ ...scope, keyId: 'other' })('p0')).toBeNull();
  expect(memory.finder({ ...scope, model: 'a/other' })('p0')).toBeNull();
  expect(memory.finder(scope)('p0')).toEqual({ inputTokens: 9_000, outputTokens: 0 });
});

test('the memory is bounded: the least recently used entry is forgotten', () => {
  const memory = new PrefixMemory(2);
  const find = memory.finder(scope);
  memory.remember(scope, call([1], 'none', 'a').parts, usage({ inputTokens: 1 }));
  memory.remember(scope, call([1], 'none', 'b').parts, usage({ inputTokens: 2 }));
  expect(find('a0')).not.toBeNull();
  memory.remember(scope, call([1], 'none', 'c').parts, usage({ inputTokens: 3 }));
  expect([find('a0'), find('b0'), find('c0')].map((found) => found?.inputTokens)).toEqual([1, undefined, 3]);
  // This call has no hash to be remembered by.
  memory.remember(scope, [], usage({ inputTokens: 4 }));
  expect(find('c0')).not.toBeNull();
});

test('if the same request was counted twice, the larger count bounds it', () => {
  const memory = new PrefixMemory();
  memory.remember(scope, call([1]).parts, usage({ inputTokens: 9, outputTokens: 1 }));
  memory.remember(scope, call([1]).parts, usage({ inputTokens: 5, outputTokens: 4 }));
  expect(memory.finder(scope)('p0')).toEqual({ inputTokens: 9, outputTokens: 4 });
});

test('R-BUD-4: once the input is known, the reservation is its cost plus the full answer', () => {
  const input = usage({ inputTokens: 10, cacheReadTokens: 100_000 });
  // 10 x $3/M = 30,000n; 100,000 x $0.30/M = 30,000,000n; 2,000 x $15/M = 30,000,000n.
  expect(shrunk(sonnet, input, 2_000)).toBe(60_030_000n);
  // The output reported so far counts if it is more than the limit.
  expect(shrunk(sonnet, { ...input, outputTokens: 4_000 }, 2_000)).toBe(90_030_000n);
});

function usage(some: Partial<TokenUsage>): TokenUsage {
  return {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 0,
    ...some,
  };
}

const rate = fc.bigInt(0n, 10n ** 11n);
const rates = fc.record({ input: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate, output: rate });
const anyPrice: fc.Arbitrary<ModelPrice> = fc
  .tuple(rates, rates, fc.integer({ min: 1, max: 60_000 }))
  .map(([first, second, above]) => ({
    version: 'any',
    steps: [
      { ...first, aboveInputTokens: 0 },
      { ...second, aboveInputTokens: above },
    ],
    contextTokens: null,
  }));
const premium = fc.constantFrom<CachePremium>('none', 'write', 'write_1h');
const sizes = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 8 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

/**
 * A model of what a provider may count: in each part at most one token per byte, its own additions, and every kind of
 * token that the request allows.
 */
function counted(
  call: BoundedCall,
  [density, added, read, written, answered]: readonly [number, number, number, number, number],
  outputTokensMax: number,
): TokenUsage {
  const bytes = call.parts.reduce((sum, { tokensMax }) => sum + (tokensMax ?? 0), 0);
  const around = 1_000 + 64 * call.parts.length;
  const all = Math.floor(bytes * density) + Math.floor(around * added);
  const cacheReadTokens = Math.floor(all * read);
  const writtenTokens = Math.floor((all - cacheReadTokens) * written);
  const isForAnHour = call.cachePremium === 'write_1h';
  return {
    inputTokens: all - cacheReadTokens - writtenTokens,
    cacheReadTokens,
    cacheWriteTokens: isForAnHour ? 0 : writtenTokens,
    cacheWrite1hTokens: isForAnHour ? writtenTokens : 0,
    outputTokens: Math.floor(outputTokensMax * answered),
  };
}

const shares = fc.tuple(share, share, share, share, share);
const limit = fc.integer({ min: 0, max: 64_000 });

test('R-BUD-2: no call costs more than its worst case, however much of it is cached, and none costs less than nothing', () => {
  fc.assert(
    fc.property(anyPrice, sizes, premium, shares, limit, (price, parts, kind, real, outputTokensMax) => {
      const asked = call(parts, kind);
      const { worstCaseNanoUsd, inputTokensMax } = bounded(asked, price, outputTokensMax, nothingSettled);
      const used = counted(asked, real, outputTokensMax);
      const input = { ...used, outputTokens: 0 };
      expect(costOf(price, used) <= shrunk(price, input, outputTokensMax)).toBe(true);
      expect(costOf(price, used) <= worstCaseNanoUsd).toBe(true);
      expect(shrunk(price, input, outputTokensMax) <= worstCaseNanoUsd).toBe(true);
      expect(inputTokensMax).toBeGreaterThanOrEqual(
        used.inputTokens + used.cacheReadTokens + used.cacheWriteTokens + used.cacheWrite1hTokens,
      );
    }),
  );
});

test('R-BUD-2: in a conversation each call is bounded by the previous one, and never below its real cost', () => {
  const turns = fc.array(fc.tuple(sizes, shares), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(anyPrice, turns, premium, limit, (price, said, kind, outputTokensMax) => {
      const memory = new PrefixMemory();
      let parts: number[] = [];
      let real = 0;
      for (const [added, [density, around, , , answered]] of said) {
        parts = [...parts, ...added];
        const asked = call(parts, kind);
        const { inputTokensMax, worstCaseNanoUsd } = bounded(
          asked,
          price,
          outputTokensMax,
          memory.finder(scope),
        );
        // The tokens counted before plus the new parts; the previous answer is one of the new parts.
        real += Math.floor(added.reduce((sum, size) => sum + size, 0) * density);
        real += Math.floor(64 * added.length * around);
        expect(inputTokensMax).toBeGreaterThanOrEqual(real);
        const used = usage({ inputTokens: real, outputTokens: Math.floor(outputTokensMax * answered) });
        expect(costOf(price, used) <= worstCaseNanoUsd).toBe(true);
        memory.remember(scope, asked.parts, used);
      }
    }),
  );
});

test('the worst case never falls when more is sent or more may be answered', () => {
  fc.assert(
    fc.property(anyPrice, sizes, premium, limit, limit, (price, parts, kind, one, more) => {
      const worst = (given: number[], outputTokensMax: number) =>
        bounded(call(given, kind), price, outputTokensMax, nothingSettled).worstCaseNanoUsd;
      expect(worst(parts, one + more) >= worst(parts, one)).toBe(true);
      expect(worst([...parts, more], one) >= worst(parts, one)).toBe(true);
    }),
  );
});

test('R-BUD-4: the longest answer that the money pays for fits, and one more token does not', () => {
  fc.assert(
    fc.property(anyPrice, sizes, premium, fc.bigInt(0n, 10n ** 11n), (price, parts, kind, nanoUsd) => {
      const asked = call(parts, kind);
      const { inputTokensMax, worstCaseNanoUsd } = bounded(asked, price, 0, nothingSettled);
      const affordable = affordableOutput(price, { inputTokensMax, cachePremium: kind }, nanoUsd);
      const costs = (outputTokensMax: number) =>
        bounded(asked, price, outputTokensMax, nothingSettled).worstCaseNanoUsd;
      if (affordable > 0 && affordable < Number.MAX_SAFE_INTEGER) {
        // Rounding up twice may save a nano-dollar against the estimate.
        expect(costs(affordable) <= nanoUsd).toBe(true);
        expect(costs(affordable + 1) >= nanoUsd).toBe(true);
      } else if (affordable === 0 && worstCaseNanoUsd <= nanoUsd) expect(costs(1) >= nanoUsd).toBe(true);
    }),
  );
});
