// Every possible request is refused, or the gateway reserves the highest price that any provider may charge for it
// (R-BUD-2, R-BUD-3).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noUsage } from '../src/domain/agents/model-call.ts';
import { nanoUsdPerMillion } from '../src/domain/agents/price.ts';
import { worstCase } from '../src/gateway/request/bound.ts';
import { PrefixMemory } from '../src/gateway/request/prefix-memory.ts';
import type { ReadCall } from '../src/gateway/wire/wire.ts';
import { wires } from '../src/gateway/wire/wires.ts';
import { type AnyRequest, anyRequest, makers, oneOf, type Random } from './any-request/grammar.ts';
import { kinds, moved } from './any-request/moves.ts';
import { readDearly } from './any-request/reader.ts';
import { randomFor } from './never-over/plan.ts';

// The requests are the same on each run. MOOSE_TEST_SEED=N creates others, and MOOSE_TEST_REQUESTS=100000 more.
const seed = Number(process.env.MOOSE_TEST_SEED ?? 35_787_095);
const requests = Number(process.env.MOOSE_TEST_REQUESTS ?? 5_000);
const longMs = 10 * 60_000;

const contextTokens = 1_000_000;
const rate = nanoUsdPerMillion('1');
const rates = { input: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate, output: rate };
const price = { version: 'v', steps: [{ aboveInputTokens: 0, ...rates }] as const, contextTokens };
const scope = { keyId: 'k', model: 'm' };
const limit = 700;

function read({ wire, path }: AnyRequest, body: unknown): ReadCall | null {
  const request = { method: 'POST', path, search: '', headers: {}, body: Buffer.from(JSON.stringify(body)) };
  const call = wires.get(wire)?.read(request);
  if (call === undefined) throw new Error(`There is no wire ${wire}`);
  return 'refusal' in call ? null : call;
}

/** Why the bound is wrong; null if the request is refused or the bound is high enough. */
function problemOf(given: AnyRequest, body: Record<string, unknown>, random: Random): string | null {
  const call = read(given, body);
  if (call === null) return null;
  const granted = Math.min(call.outputTokensMax ?? limit, limit);
  const sent = JSON.parse(call.render(granted).toString()) as Record<string, unknown>;
  const dear = readDearly(given.wire, sent, granted);
  if (dear.dangers.length > 0) return `sent with ${dear.dangers.join(', ')}`;
  if (dear.hasHourCache && call.cachePremium !== 'write_1h') return 'kept for an hour at the usual price';
  const memory = new PrefixMemory();
  const before = settledBefore(given, body, memory, random);
  const bound = worstCase(call, price, granted, memory.finder(scope));
  if ('refusal' in bound) return null;
  const tokens = Math.min(dear.inputTokens * before.density, contextTokens);
  return bound.inputTokensMax >= tokens ? null : `held for ${bound.inputTokensMax} tokens, read as ${tokens}`;
}

/**
 * Simulates an earlier request of the same conversation, complete or without its last message, whose content turned out
 * to be small.
 */
function settledBefore(
  given: AnyRequest,
  body: Record<string, unknown>,
  memory: PrefixMemory,
  random: Random,
): { density: number } {
  const density = random() < 0.5 ? 1 : random();
  const conversation = body[given.conversation];
  if (random() < 0.5 || !Array.isArray(conversation)) return { density };
  const earlier = {
    ...body,
    [given.conversation]: conversation.slice(0, conversation.length - Math.floor(random() * 2)),
  };
  const call = read(given, earlier);
  if (call === null) return { density };
  const granted = Math.min(call.outputTokensMax ?? limit, limit);
  const { inputTokens } = readDearly(given.wire, JSON.parse(call.render(granted).toString()), granted);
  // A picture behind a URL may have been small then. A picture whose bytes are in the request has the same size now.
  const isHidden = !Number.isFinite(inputTokens);
  const isInline = call.parts.at(-1)?.hash !== null;
  const counted = isHidden ? (isInline ? contextTokens : 10) : Math.floor(inputTokens * density);
  memory.remember(scope, call.parts, { ...noUsage, inputTokens: counted, outputTokens: 1 });
  return { density };
}

test(
  `R-BUD-2: each of ${requests} random requests is refused, or the highest price that it can cost is reserved`,
  () => {
    let sent = 0;
    for (let number = 0; number < requests; number += 1) {
      const random = randomFor(seed, `request ${number}`);
      const given = anyRequest(random);
      let body = given.body;
      for (let moves = Math.floor(random() * 4); moves > 0; moves -= 1)
        body = moved(body, oneOf(random, ...kinds), random);
      const problem = problemOf(given, body, random);
      if (problem !== null) {
        throw new Error(
          `MOOSE_TEST_SEED=${seed}, request ${number} (${given.wire}): ${problem}\n${JSON.stringify(body)}`,
        );
      }
      if (read(given, body) !== null) sent += 1;
    }
    // A gateway that refuses everything would prove nothing.
    expect(sent).toBeGreaterThan(requests / 4);
  },
  longMs,
);

test.each(makers.map((make) => [make(randomFor(1, 'name')).wire, make] as const))(
  'R-BUD-3: no member of a request can be moved past its bound: %s',
  (_, make) => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...kinds), fc.nat(), (which, kind, where) => {
        const given = make(randomFor(which, 'request'));
        const body = moved(given.body, kind, randomFor(where, 'move'));
        expect(problemOf(given, body, randomFor(where, 'settled'))).toBeNull();
      }),
      { numRuns: 500, seed },
    );
  },
);
