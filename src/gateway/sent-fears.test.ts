// What might reach a provider without a bound on its cost.
import { expect, test } from 'vitest';
import type { WireName } from '../domain/agents/model-call.ts';
import { chat, claude, gemini, read, responses, sent } from './bound-fears.fixture.ts';

test.each<[string, WireName, object]>([
  ['MAX_TOKENS', 'openai-chat', chat('x', { MAX_TOKENS: 1_000_000 })],
  ['chat_template', 'openai-chat', chat('x', { chat_template: '{{ 9 }}' })],
  ['documents', 'openai-chat', chat('x', { documents: [{ text: 'x' }] })],
  ['use_beam_search', 'openai-chat', chat('x', { use_beam_search: true })],
  ['provider', 'openai-chat', chat('x', { provider: { order: ['dearest'] } })],
  ['preset', 'openai-chat', chat('x', { preset: 'dear' })],
  ['options', 'openai-chat', chat('x', { options: { num_predict: -1 } })],
  [
    'messages[0].images',
    'openai-chat',
    { model: 'm', messages: [{ role: 'user', content: 'x', images: ['AAAA'] }] },
  ],
  [
    'tools[0].function.cost',
    'openai-chat',
    chat('x', { tools: [{ type: 'function', function: { name: 'a', cost: 1 } }] }),
  ],
  ['unheard_of', 'anthropic-messages', claude('x', { unheard_of: 1 })],
  [
    'messages[0].speed',
    'anthropic-messages',
    { ...claude('x'), messages: [{ role: 'user', content: 'x', speed: 'fast' }] },
  ],
  ['thinking.passes', 'anthropic-messages', claude('x', { thinking: { type: 'enabled', passes: 9 } })],
  ['unheard_of', 'openai-responses', responses('x', { unheard_of: 1 })],
  ['reasoning.passes', 'openai-responses', responses('x', { reasoning: { passes: 9 } })],
  ['unheardOf', 'gemini', { ...gemini({ text: 'x' }), unheardOf: 1 }],
  [
    'generationConfig.routingConfig',
    'gemini',
    { ...gemini({ text: 'x' }), generationConfig: { routingConfig: {} } },
  ],
])('R-BUD-3: fear: an unknown member reaches the provider: %s (%s)', (member, wire, body) => {
  const call = read(wire, body);
  expect(call).toMatchObject({ refusal: { failure: 'refused_feature' } });
  expect('refusal' in call && call.refusal.message).toContain(`\`${member}\``);
});

test.each<[string, string]>([
  ['anthropic-workspace-id', 'w'],
  ['x-vertex-ai-llm-shared-request-type', 'priority'],
  ['x-unheard-of', '1'],
  ['openai-beta', 'dear'],
  ['x-goog-user-project', 'p'],
  ['x-openrouter-provider', 'dear'],
])('R-BUD-3: fear: an unknown header reaches the provider: %s', (name, value) => {
  const headers = { [name]: value, 'user-agent': 'a' };
  for (const [wire, body] of [
    ['anthropic-messages', claude('x')],
    ['openai-chat', chat('x')],
    ['openai-responses', responses('x')],
    ['gemini', gemini({ text: 'x' })],
  ] as const) {
    const call = read(wire, body, { headers });
    expect('refusal' in call ? {} : call.headers).toEqual({
      'user-agent': 'a',
      'content-type': 'application/json',
    });
  }
});

test('R-BUD-3: fear: a header requests a beta with another tariff or a longer context', () => {
  const betas =
    'context-1m-2025-08-07,effort-2025-11-24, fast-mode-2026-02-01,claude-code-20250219,code-execution-2025-08-25';
  const headers = { 'anthropic-beta': betas };
  const call = read('anthropic-messages', claude('x'), { headers });
  expect('refusal' in call ? {} : call.headers['anthropic-beta']).toBe(
    'effort-2025-11-24,claude-code-20250219',
  );
  const only = read('anthropic-messages', claude('x'), {
    headers: { 'anthropic-beta': 'fast-mode-2026-02-01' },
  });
  expect('refusal' in only ? {} : only.headers).not.toHaveProperty('anthropic-beta');
});

test('R-BUD-3: fear: the gateway and the provider read a request in different encodings', () => {
  const headers = { 'content-type': 'application/json; charset=shift_jis' };
  const call = read('openai-chat', chat('x'), { headers });
  expect('refusal' in call ? {} : call.headers['content-type']).toBe('application/json');
});

test('R-BUD-2: fear: a server that does not know the newer name of the limit answers at any length', () => {
  expect(sent('openai-chat', chat('x', { max_completion_tokens: 300 }))).toMatchObject({
    max_tokens: 300,
    max_completion_tokens: 300,
  });
  expect(sent('openai-chat', chat('x', { model: 'gpt-5.6' }))).toMatchObject({
    max_tokens: 1_000,
    max_completion_tokens: 1_000,
  });
});

test.each<[WireName, object]>([
  ['openai-chat', chat('x', { max_tokens: 0 })],
  ['openai-chat', chat('x', { max_tokens: 9, max_completion_tokens: 0 })],
  ['openai-responses', responses('x', { max_output_tokens: 0 })],
  ['gemini', { ...gemini({ text: 'x' }), generationConfig: { maxOutputTokens: 0 } }],
])('R-BUD-2: fear: a limit of 0 (%s) is read as no limit', (wire, body) => {
  expect(read(wire, body)).toMatchObject({ refusal: { failure: 'bad_request' } });
});

test('Anthropic accepts a limit of 0, which only fills the cache', () => {
  expect(sent('anthropic-messages', claude('x', { max_tokens: 0 }))).toMatchObject({ max_tokens: 0 });
});

test("R-BUD-3: fear: an account's default is a more expensive tier, or a more expensive region", () => {
  const own = { isOwnHost: true };
  expect(sent('openai-chat', chat('x'), own)).toMatchObject({ service_tier: 'default' });
  expect(sent('openai-chat', chat('x', { service_tier: 'auto' }), own)).toMatchObject({
    service_tier: 'default',
  });
  expect(sent('openai-responses', responses('x'))).toMatchObject({ service_tier: 'default' });
  expect(sent('openai-responses', responses('x', { service_tier: 'auto' }))).toMatchObject({
    service_tier: 'default',
  });
  expect(sent('anthropic-messages', claude('x'), own)).toMatchObject({
    service_tier: 'standard_only',
    inference_geo: 'global',
  });
  expect(sent('anthropic-messages', claude('x', { service_tier: 'auto' }))).toMatchObject({
    service_tier: 'standard_only',
  });
  // Older models reject a region setting, and have one price everywhere.
  const older = claude('x', { model: 'claude-sonnet-4-5-20250929' });
  expect(sent('anthropic-messages', older, own)).not.toHaveProperty('inference_geo');
  // Other servers may reject OpenAI's tiers.
  expect(sent('openai-chat', chat('x', { service_tier: 'priority' }))).not.toHaveProperty('service_tier');
});

test.each(['claude-2', 'claude-2.1', 'claude-v1', 'claude-1', 'claude-instant-1.2'])(
  'R-BUD-3: fear: %s makes more tokens than bytes',
  (model) => {
    expect(read('anthropic-messages', claude('x', { model }))).toMatchObject({
      refusal: { failure: 'refused_feature' },
    });
  },
);
