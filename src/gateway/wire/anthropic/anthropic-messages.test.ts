import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureTokensMax } from '../input-parts.ts';
import {
  anyCuts,
  callOf,
  cutAt,
  events,
  folded,
  recorded,
  refusalOf,
  requestOf,
  sentBy,
} from '../recorded.fixture.ts';
import { anthropicMessages as wire } from './anthropic-messages.ts';

const path = '/v1/messages';
const base = { model: 'claude-sonnet-5', max_tokens: 1_000, messages: [{ role: 'user', content: 'hi' }] };

test('R-BUD-3: what Claude Code sends passes, with a limit no larger than the granted one', () => {
  const request = recorded('claude-code-second');
  const call = callOf(wire, request);
  expect(call).toMatchObject({
    model: 'claude-opus-5-5',
    isStream: true,
    isFree: false,
    outputTokensMax: 128_000,
  });
  expect(call.cachePremium).toBe('write');
  expect(call.parts.every((part) => part.tokensMax !== null)).toBe(true);
  // Every requested member and beta is sent; the gateway only adds the tier.
  expect(JSON.parse(call.render(16_000).toString())).toEqual({
    ...JSON.parse(request.body.toString()),
    max_tokens: 16_000,
    service_tier: 'standard_only',
  });
  expect(call.headers['anthropic-beta']).toBe(request.headers['anthropic-beta']);
  const {
    accept: _,
    'x-api-key': _key,
    connection: _of,
    'accept-encoding': _ae,
    ...headers
  } = request.headers;
  expect(call.headers).toMatchObject(headers);
  expect(Object.keys(call.headers)).not.toContain('x-api-key');
});

test('what Aider sends passes', () => {
  expect(callOf(wire, recorded('aider-anthropic'))).toMatchObject({
    outputTokensMax: 64_000,
    isStream: true,
  });
});

test('a growing conversation begins with the same parts, wherever its cache marks have moved', () => {
  const first = callOf(wire, recorded('claude-code-first')).parts.map(({ hash }) => hash);
  const second = callOf(wire, recorded('claude-code-second')).parts.map(({ hash }) => hash);
  expect(second.length).toBeGreaterThan(first.length);
  expect(second.slice(0, first.length)).toEqual(first);
});

test('another model, tool or thinking setting makes another prefix', () => {
  const hashOf = (body: object) => callOf(wire, requestOf(path, body)).parts.at(-1)?.hash;
  const others = [
    base,
    { ...base, model: 'claude-opus-5-5' },
    { ...base, tools: [{ name: 'a', input_schema: {} }] },
    { ...base, thinking: { type: 'enabled', budget_tokens: 1_024 } },
    { ...base, system: 'x' },
  ];
  expect(new Set(others.map(hashOf)).size).toBe(others.length);
  expect(hashOf({ ...base, max_tokens: 5, stream: true, metadata: { user_id: 'x' } })).toBe(hashOf(base));
});

test('files and results of provider tools are of unknown size; pictures and text in a document are not', () => {
  const seen = (content: unknown) =>
    callOf(wire, requestOf(path, { ...base, messages: [{ role: 'user', content }] })).parts[1]?.tokensMax;
  expect(seen('hällo')).toBeGreaterThanOrEqual(6);
  const data = `iVBORw0KGgo${'A'.repeat(1_000_000)}`;
  const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
  for (const count of [1, 2]) {
    const size = seen(Array.from({ length: count }, () => picture));
    expect(size).toBeGreaterThan(count * pictureTokensMax);
    expect(size).toBeLessThan((count + 1) * pictureTokensMax);
  }
  expect(seen([{ type: 'document', source: { type: 'file', file_id: 'f' } }])).toBeNull();
  expect(seen([{ type: 'document', source: { type: 'text', data: 'abc' } }])).toBeGreaterThan(3);
  const nested = { type: 'content', content: [picture] };
  expect(seen([{ type: 'document', source: nested }])).toBeGreaterThan(pictureTokensMax);
  expect(seen([{ type: 'tool_result', tool_use_id: 't', content: [picture] }])).toBeGreaterThan(
    pictureTokensMax,
  );
  expect(seen([{ type: 'web_search_tool_result', content: [] }])).toBeNull();
});

test('a deferred tool is counted where it is named', () => {
  const tool = { name: 'late', description: 'x'.repeat(5_000), input_schema: {}, defer_loading: true };
  const sized = (block: object) => {
    const messages = [{ role: 'user', content: [block] }];
    return callOf(wire, requestOf(path, { ...base, tools: [tool], messages })).parts[1]?.tokensMax;
  };
  const result = { type: 'tool_result', tool_use_id: 't' };
  const reference = (tool_name: string) => ({ ...result, content: [{ type: 'tool_reference', tool_name }] });
  expect(sized(reference('late'))).toBeGreaterThan(5_000);
  expect(sized(reference('unknown'))).toBeNull();
  expect(sized({ type: 'tool_addition', tool: { type: 'tool_reference', name: 'late' } })).toBeGreaterThan(
    5_000,
  );
  expect(sized({ type: 'tool_removal', tool: { type: 'tool_reference', name: 'late' } })).toBeLessThan(5_000);
});

test('the cache premium is that of the most expensive mark', () => {
  const premium = (body: object) => callOf(wire, requestOf(path, { ...base, ...body })).cachePremium;
  const marked = (ttl?: string) => ({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl } });
  expect(premium({})).toBe('none');
  expect(premium({ cache_control: { type: 'ephemeral' } })).toBe('write');
  expect(premium({ system: [marked(), marked('5m')] })).toBe('write');
  expect(premium({ tools: [{ name: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }] })).toBe(
    'write_1h',
  );
  const result = { type: 'tool_result', tool_use_id: 't', content: [marked('1h')] };
  expect(premium({ messages: [{ role: 'user', content: [result] }] })).toBe('write_1h');
});

test('R-BUD-3: what a price per token does not bound is removed', () => {
  const sent = sentBy(
    wire,
    requestOf(path, {
      ...base,
      speed: 'fast',
      service_tier: 'priority',
      fallbacks: [{ model: 'claude-opus-5-5' }],
      context_management: { edits: [{ type: 'compact_20260112' }, { type: 'clear_tool_uses_20250919' }] },
      tools: [
        { name: 'Bash', input_schema: {} },
        { type: 'web_search_20260318', name: 'web_search' },
      ],
    }),
    1_000,
  );
  expect(sent).toEqual({
    ...base,
    service_tier: 'standard_only',
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    tools: [{ name: 'Bash', input_schema: {} }],
  });
});

const hosted = { type: 'web_search_20250305', name: 'web_search', max_uses: 8 };
const tool = { name: 'Bash', input_schema: {} };
const definition = { type: 'tool_addition', tool: { type: 'tool_definition', definition: hosted } };

test.each([
  ['a search alone', { tools: [hosted] }],
  [
    'a search that is asked for',
    { tools: [tool, hosted], tool_choice: { type: 'tool', name: 'web_search' } },
  ],
  ['an advisor alone', { tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5-5' }] }],
  [
    'a tool of the provider within the conversation',
    { messages: [{ role: 'system', content: [definition] }] },
  ],
  ['servers of tools', { mcp_servers: [{ type: 'url', url: 'https://x' }] }],
  ['a container', { container: 'c' }],
  ['a region', { inference_geo: 'us' }],
])('R-BUD-3: %s is refused', (_, extra) => {
  const refusal = refusalOf(wire, requestOf(path, { ...base, ...extra }));
  expect(refusal.failure).toBe('refused_feature');
  expect(refusal.message).toMatch(/cannot be bounded: .+; send the request without it\.$/);
});

test('typed tools that the client runs pass, with room for what the provider adds for them', () => {
  const tools = [
    { type: 'bash_20250124', name: 'bash' },
    { type: 'text_editor_20250728', name: 'edit' },
  ];
  const call = callOf(wire, requestOf(path, { ...base, tools }));
  expect(call.parts[0]?.tokensMax).toBeGreaterThan(4_000);
  expect(JSON.parse(call.render(1_000).toString())).toEqual({
    ...base,
    tools,
    service_tier: 'standard_only',
  });
});

test.each([
  ['no JSON', 'x'],
  ['no model', '{"messages":[]}'],
  ['a model that is no name', '{"model":"a b","messages":[]}'],
  ['no messages', '{"model":"a"}'],
  ['a limit in words', '{"model":"a","messages":[],"max_tokens":"many"}'],
  ['a limit below nothing', '{"model":"a","messages":[],"max_tokens":-1}'],
])('a request with %s is refused', (_, text) => {
  const request = { ...requestOf(path, {}), body: Buffer.from(text) };
  expect(refusalOf(wire, request).failure).toBe('bad_request');
});

test('a compressed request is refused, because its content is unknown', () => {
  expect(refusalOf(wire, requestOf(path, base, { 'content-encoding': 'zstd' })).message).toMatch(
    /compressed/,
  );
});

test('a thinking budget stays below a limit that was lowered', () => {
  const thinking = (max_tokens: number, budget_tokens: number) =>
    requestOf(path, { ...base, max_tokens, thinking: { type: 'enabled', budget_tokens } });
  expect(sentBy(wire, thinking(64_000, 31_999), 16_000).thinking).toMatchObject({ budget_tokens: 15_999 });
  expect(sentBy(wire, thinking(64_000, 8_000), 16_000).thinking).toMatchObject({ budget_tokens: 8_000 });
  // With interleaved thinking, the budget may exceed the limit of a single answer.
  expect(sentBy(wire, thinking(20_000, 60_000), 16_000).thinking).toMatchObject({ budget_tokens: 60_000 });
});

test('counting tokens is free, and the request is passed on unchanged', () => {
  const request = requestOf('/v1/messages/count_tokens', {
    model: 'claude-sonnet-5',
    messages: [],
    tools: [hosted],
  });
  const call = callOf(wire, request);
  expect(call.isFree).toBe(true);
  expect(call.render(1)).toBe(request.body);
});

test('rendering twice gives the same result as rendering once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999 }), fc.jsonValue({ maxDepth: 3 }), (limit, value) => {
      const request = requestOf(path, { ...base, tools: [{ ...tool, input_schema: value }] });
      const once = callOf(wire, request).render(limit);
      expect(callOf(wire, { ...request, body: once }).render(limit)).toEqual(once);
      expect(JSON.parse(once.toString()).tools[0].input_schema).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("the key is read from where the protocol's clients put it", () => {
  expect(wire.keyOf({ headers: { 'x-api-key': 'k' }, search: '' })).toBe('k');
  expect(wire.keyOf({ headers: { authorization: 'Bearer k' }, search: '' })).toBe('k');
  expect(wire.keyOf({ headers: {}, search: '?key=k' })).toBeNull();
});

test('R-BUD-4: a refusal is an error of the protocol, which stops its clients', () => {
  const { status, headers, body } = wire.refuse({
    status: 400,
    failure: 'budget_exceeded',
    message: 'No money.',
  });
  expect(status).toBe(400);
  expect(headers).toEqual({ 'content-type': 'application/json', 'x-should-retry': 'false' });
  expect(JSON.parse(body)).toEqual({
    type: 'error',
    error: { type: 'billing_error', message: 'moose: budget_exceeded: No money.' },
  });
});

test('a temporary refusal says when to retry', () => {
  const { headers } = wire.refuse({
    status: 529,
    failure: 'circuit_open',
    message: 'x',
    retryAfterMs: 1_200,
  });
  expect(headers).toEqual({ 'content-type': 'application/json', 'retry-after': '2' });
});

test('a stream that is aborted ends with an event that clients know', () => {
  const text = wire.breakOff('braked', 'Too many calls.');
  expect(folded(wire.fold(true), [events([{ type: 'ping' }]), Buffer.from(text)]).failure).toBe('quota');
});

test('it never throws, whatever a client or a provider sends', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      wire.read(requestOf(path, { ...base, messages: [{ role: 'assistant', content: one }], tools: other }));
      wire.read(requestOf(path, { ...base, system: one, messages: other, thinking: one }));
      folded(wire.fold(true), [events([{ type: 'message_start', message: one }, one, other])]);
      folded(wire.fold(false), [Buffer.from(JSON.stringify(one))]);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), anyCuts, (bytes, cuts) => {
      folded(wire.fold(true), cutAt(Buffer.from(bytes), cuts));
      wire.read({ ...requestOf(path, {}), body: Buffer.from(bytes) });
      wire.failureOf(500, {}, Buffer.from(bytes));
    }),
  );
});
