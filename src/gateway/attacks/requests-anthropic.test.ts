// What a Messages request may make the provider bill, from Anthropic's documentation and that of the clouds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { refusedCache } from '../wire/anthropic/cache-marks.ts';
import { isObject, listIn, memberOf, objectIn, textIn } from '../wire/json-value.ts';
import { type Dear, messages, type RequestAttack, tryRequest } from './attack.fixture.ts';

const shared = sharedDatabase();
const own = { name: 'edit', input_schema: { type: 'object', properties: {} } };

function ask(more: object, content: unknown = 'Mend it'): object {
  return { model: 'm-1', max_tokens: 4_000, messages: [{ role: 'user', content }], ...more };
}

const ifSent = (name: string, dear: Dear) => (body: Record<string, unknown>) =>
  (body[name] ?? null) === null ? {} : dear;
const ifTool = (type: string, dear: Dear) => (body: Record<string, unknown>) =>
  listIn(body, 'tools').some((tool) => textIn(tool, 'type')?.startsWith(type)) ? dear : {};
const ttls = (value: unknown): unknown[] =>
  Array.isArray(value)
    ? value.flatMap(ttls)
    : isObject(value)
      ? [memberOf(value.cache_control, 'ttl'), ...Object.values(value).flatMap(ttls)]
      : [];
/** An hour costs twice the input, five minutes 1.25 times; a longer time would cost more, here four times one token per byte. */
const ofCache = (body: Record<string, unknown>): Dear => {
  const said = ttls(body);
  if (said.some((ttl) => ttl === '24h')) return { inputTokens: 60_000 };
  return { inputTokens: said.includes('1h') ? 20_000 / 4 : 0 };
};
const pdf = {
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjcK'.repeat(400) },
};
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };

const sealed = 'Ep4CCkYIBBgCKkBi';
const thoughts: readonly [string, object][] = [
  ['a redacted thought of few bytes', { type: 'redacted_thinking', data: sealed }],
  ['an empty thought with a signature', { type: 'thinking', thinking: '', signature: sealed }],
  ['a thought that is longer than its summary', { type: 'thinking', thinking: 'Hm.', signature: sealed }],
  ['a connector text with a signature', { type: 'connector_text', text: '', signature: sealed }],
  [
    'a thought in the result of a tool',
    {
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'thinking', thinking: '', signature: sealed }],
    },
  ],
];

const attacks: RequestAttack[] = [
  {
    name: 'a refusal falls back to the recommended model',
    path: messages,
    body: ask({ fallbacks: 'default' }),
    headers: { 'anthropic-beta': 'server-side-fallback-2026-07-01' },
    dear: ifSent('fallbacks', { times: 5 }),
  },
  {
    name: 'an advisor of another model',
    path: messages,
    body: ask({
      tools: [own, { type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5', max_uses: 99 }],
    }),
    headers: { 'anthropic-beta': 'advisor-tool-2026-03-01' },
    dear: ifTool('advisor', { times: 9 }),
  },
  {
    name: 'fast mode',
    path: messages,
    body: ask({ speed: 'fast' }),
    headers: { 'anthropic-beta': 'fast-mode-2026-02-01' },
    dear: ({ speed }) => ({ times: speed === 'fast' ? 12 : 1 }),
  },
  {
    name: 'inference in one region',
    path: messages,
    body: ask({ inference_geo: 'us' }),
    dear: ({ inference_geo }) => ({ times: inference_geo === 'us' ? 1.1 : 1 }),
  },
  {
    name: 'servers of tools',
    path: messages,
    body: ask({
      mcp_servers: [{ type: 'url', url: 'https://m.example', name: 'm' }],
      tools: [own, { type: 'mcp_toolset', mcp_server_name: 'm' }],
    }),
    dear: ifSent('mcp_servers', { times: 10 }),
  },
  {
    name: 'skills in a container',
    path: messages,
    body: ask({
      container: { skills: [{ type: 'anthropic', skill_id: 'pdf', version: 'latest' }] },
      tools: [own],
    }),
    dear: ifSent('container', { usd: 0.05 }),
  },
  {
    name: 'a compaction at the provider',
    path: messages,
    body: ask({
      context_management: {
        edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value: 50_000 } }],
      },
    }),
    dear: (body) =>
      listIn(objectIn(body, 'context_management'), 'edits').some((edit) =>
        textIn(edit, 'type')?.startsWith('compact'),
      )
        ? { times: 2 }
        : {},
  },
  {
    name: 'an hour in the cache without an answer',
    path: messages,
    body: ask({
      max_tokens: 0,
      system: [
        { type: 'text', text: 'word '.repeat(4_000), cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
    }),
    dear: ofCache,
  },
  {
    name: 'a day in the cache',
    path: messages,
    body: ask({
      system: [
        { type: 'text', text: 'word '.repeat(4_000), cache_control: { type: 'ephemeral', ttl: '24h' } },
      ],
    }),
    dear: ofCache,
  },
  {
    name: 'a day in the cache, as a setting of the request',
    path: messages,
    body: ask({ cache_control: { type: 'ephemeral', ttl: '24h' }, system: 'word '.repeat(4_000) }),
    dear: ofCache,
  },
  {
    name: 'a document at an address',
    path: messages,
    body: ask({}, [{ type: 'document', source: { type: 'url', url: 'https://x.example/a.pdf' } }]),
    dear: () => ({ inputTokens: 1_000_000 }),
  },
  {
    name: 'searches without end',
    path: messages,
    body: ask({ tools: [own, { type: 'web_search_20260209', name: 'web_search', max_uses: 1_000_000_000 }] }),
    dear: ifTool('web_search', { usd: 10 }),
  },
  {
    name: 'a tool of next year',
    path: messages,
    body: ask({ tools: [own, { type: 'researcher_20270101', name: 'researcher' }] }),
    dear: ifTool('researcher', { usd: 1 }),
  },
  {
    name: 'a small file with a thousand pages',
    path: messages,
    body: ask({}, [pdf]),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'a picture of one colour with 64 megapixels',
    path: messages,
    body: ask({}, [png]),
    dear: () => ({ inputTokens: 48_000 }),
  },
  ...thoughts.map(([name, thought]) => ({
    name,
    path: messages,
    body: ask({
      messages: [
        { role: 'user', content: 'Mend it' },
        { role: 'assistant', content: [thought, { type: 'text', text: 'Done.' }] },
        { role: 'user', content: 'And the other one' },
      ],
    }),
    dear: () => ({ inputTokens: 30_000 }),
  })),
  {
    name: 'a beta in the body',
    path: messages,
    body: ask({ anthropic_beta: ['context-1m-2025-08-07'] }),
    dear: ifSent('anthropic_beta', { times: 2 }),
  },
  {
    name: 'a long context by header',
    path: messages,
    body: ask({}),
    headers: { 'Anthropic-Beta': 'effort-2025-11-24,context-1m-2025-08-07' },
    dear: (_body, { headers }) => ({
      times: String(headers['anthropic-beta']).includes('context-1m') ? 2 : 1,
    }),
  },
  {
    name: 'the account of a user profile',
    path: messages,
    body: ask({ user_profile_id: 'prof_1' }),
    dear: ifSent('user_profile_id', { times: 2 }),
  },
  {
    name: 'guardrails by header (Bedrock)',
    path: messages,
    body: ask({}),
    headers: {
      'x-amzn-bedrock-guardrailidentifier': 'g',
      'x-amzn-bedrock-performanceconfig-latency': 'optimized',
      'x-amzn-bedrock-service-tier': 'priority',
    },
    dear: (_body, { headers }) => ({
      times: Object.keys(headers).some((name) => name.startsWith('x-amzn-bedrock')) ? 1.75 : 1,
    }),
  },
  {
    name: 'fields of a cloud (Bedrock)',
    path: messages,
    body: ask({
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 60_000 } },
      performanceConfig: { latency: 'optimized' },
    }),
    dear: ifSent('performanceConfig', { times: 1.75 }),
  },
];

test.each(attacks)('R-BUD-10: fear: $name is billed without a bound', async (attack) => {
  expect(['refused', 'bounded']).toContain(await tryRequest(shared(), attack));
});

test('R-BUD-10: whatever a cache mark says, it is refused unless it has a price', () => {
  const types = fc.oneof(fc.constant('ephemeral'), fc.string(), fc.constant(undefined));
  const durations = fc.oneof(fc.constantFrom('5m', '1h', null, undefined), fc.string(), fc.integer());
  fc.assert(
    fc.property(types, durations, fc.boolean(), (type, ttl, isOfTool) => {
      const cache_control = { type, ttl };
      const marked = isOfTool
        ? { tools: [{ ...own, cache_control }] }
        : { system: [{ text: 'x', cache_control }] };
      const isPriced = type === 'ephemeral' && ['5m', '1h', null, undefined].includes(ttl as string);
      expect(refusedCache(marked) === null).toBe(isPriced);
    }),
  );
  const input = { cache_control: { type: 'forever' } };
  const arguments_ = [{ role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'edit', input }] }];
  expect(refusedCache({ messages: arguments_ })).toBeNull();
});
