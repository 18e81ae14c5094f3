// Shared by the tests of bounds: requests of each protocol, the amount reserved for each, and what is sent of them.
import type { WireName } from '../domain/agents/model-call.ts';
import { type ModelPrice, nanoUsdPerMillion } from '../domain/agents/price.ts';
import { worstCase } from './request/bound.ts';
import { PrefixMemory } from './request/prefix-memory.ts';
import { requestOf } from './wire/recorded.fixture.ts';
import type { ReadCall, Refusal, WireRequest } from './wire/wire.ts';
import { wires } from './wire/wires.ts';

export const contextTokens = 1_000_000;
export const rate = nanoUsdPerMillion('1');
export const price: ModelPrice = {
  version: 'v',
  steps: [
    {
      aboveInputTokens: 0,
      input: rate,
      cacheRead: rate,
      cacheWrite: rate,
      cacheWrite1h: 2n * rate,
      output: rate,
    },
  ],
  contextTokens,
};
export const scope = { keyId: 'k', model: 'm' };

const paths: Record<WireName, string> = {
  'anthropic-messages': '/v1/messages',
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  gemini: '/v1beta/models/gemini-2.5-flash:generateContent',
};

export function read(
  wire: WireName,
  body: unknown,
  more: Partial<WireRequest> = {},
): ReadCall | { refusal: Refusal } {
  const protocol = wires.get(wire);
  if (!protocol) throw new Error(wire);
  return protocol.read({ ...requestOf(paths[wire], body), ...more });
}

/** The amount that would be reserved for a request; infinite if it is refused. */
export function boundOf(wire: WireName, body: unknown, memory = new PrefixMemory(), of = price): number {
  const call = read(wire, body);
  if ('refusal' in call) return Number.POSITIVE_INFINITY;
  const bound = worstCase(call, of, 0, memory.finder(scope));
  return 'refusal' in bound ? Number.POSITIVE_INFINITY : bound.inputTokensMax;
}

export function sent(
  wire: WireName,
  body: unknown,
  more: Partial<WireRequest> = {},
): Record<string, unknown> | null {
  const call = read(wire, body, more);
  return 'refusal' in call ? null : JSON.parse(call.render(1_000).toString());
}

export const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
export const claude = (content: unknown, more: object = {}) => ({
  model: 'claude-sonnet-5',
  max_tokens: 1_000,
  ...user(content),
  ...more,
});
export const chat = (content: unknown, more: object = {}) => ({ model: 'm', ...user(content), ...more });
export const responses = (content: unknown, more: object = {}) => ({
  model: 'gpt-5.6',
  input: [{ role: 'user', content }],
  ...more,
});
export const gemini = (...parts: unknown[]) => ({ contents: [{ role: 'user', parts }] });
export const url = 'https://example.com/a.png';
export const text = { type: 'text', text: 'x' };
