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
import { openaiChat as wire } from './openai-chat.ts';

const path = '/v1/chat/completions';
const base = { model: 'gpt-5.6', messages: [{ role: 'user', content: 'hi' }] };

test.each([
  ['qwen-code-second', 'qwen3', 32_768],
  ['opencode-second', 'm1', 8_000],
  ['opencode-title', 'm1', 8_000],
])('R-BUD-3: what %s sends passes as it is, but for its limit', (name, model, outputTokensMax) => {
  const request = recorded(name);
  const call = callOf(wire, request);
  expect(call).toMatchObject({ model, outputTokensMax, isStream: true, filter: null });
  expect(call.parts.every((part) => part.tokensMax !== null)).toBe(true);
  expect(call.render(outputTokensMax)).toBe(request.body);
  expect(JSON.parse(call.render(5_000).toString())).toEqual({
    ...JSON.parse(request.body.toString()),
    max_tokens: 5_000,
  });
});

test('R-BUD-3: what Aider sends gets a limit, and is asked for its usage', () => {
  const request = recorded('aider-openai');
  const call = callOf(wire, request);
  expect(call.outputTokensMax).toBeNull();
  expect(JSON.parse(call.render(4_096).toString())).toEqual({
    ...JSON.parse(request.body.toString()),
    max_tokens: 4_096,
    stream_options: { include_usage: true },
  });
  expect(call.filter).not.toBeNull();
});

test.each([['qwen-code'], ['opencode']])('a conversation of %s begins with the same parts', (agent) => {
  const first = callOf(wire, recorded(`${agent}-first`)).parts.map(({ hash }) => hash);
  const second = callOf(wire, recorded(`${agent}-second`)).parts.map(({ hash }) => hash);
  expect(second.length).toBeGreaterThan(first.length);
  expect(second.slice(0, first.length)).toEqual(first);
});

test('at OpenAI the limit has the name that the model honours, or the one that the client gave', () => {
  const limits = (extra: object) => {
    const request = { ...requestOf(path, { ...base, ...extra }), isOwnHost: true };
    const { max_tokens, max_completion_tokens } = sentBy(wire, request, 5_000);
    return [max_tokens, max_completion_tokens];
  };
  expect(limits({})).toEqual([undefined, 5_000]);
  expect(limits({ model: 'o4-mini' })).toEqual([undefined, 5_000]);
  expect(limits({ model: 'gpt-4.1' })).toEqual([5_000, undefined]);
  expect(limits({ model: 'llama-4' })).toEqual([5_000, undefined]);
  expect(limits({ max_tokens: 9_000 })).toEqual([5_000, undefined]);
  expect(limits({ max_tokens: 9_000, max_completion_tokens: 300 })).toEqual([300, 300]);
});

test('options of the stream stay beside the usage that is asked for', () => {
  const options = (stream_options: unknown) =>
    sentBy(wire, requestOf(path, { ...base, stream: true, stream_options }), 9).stream_options;
  expect(options({ include_obfuscation: false })).toEqual({
    include_obfuscation: false,
    include_usage: true,
  });
  expect(options({ include_usage: false })).toEqual({ include_usage: true });
  expect(options(null)).toEqual({ include_usage: true });
  expect(sentBy(wire, requestOf(path, base), 9)).not.toHaveProperty('stream_options');
});

test('R-BUD-3: what a price per token does not bound is left out, or made usual', () => {
  const tools = [{ type: 'function', function: { name: 'a' } }, { type: 'web_search' }];
  const extra = {
    service_tier: 'priority',
    prediction: { type: 'content', content: 'x' },
    search_parameters: { mode: 'auto' },
    models: ['other'],
    prompt_cache_options: { mode: 'explicit', ttl: '12h' },
    max_completion_tokens: 10,
  };
  const request = { ...requestOf(path, { ...base, ...extra, tools }), isOwnHost: true };
  expect(sentBy(wire, request, 10)).toEqual({
    ...base,
    service_tier: 'default',
    prompt_cache_options: { mode: 'explicit' },
    max_completion_tokens: 10,
    tools: tools.slice(0, 1),
  });
});

const content = (part: object) => ({ messages: [{ role: 'user', content: [part] }] });

const markedCall = (cache_control: object) => ({
  messages: [
    {
      role: 'assistant',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'read', arguments: '{}' }, cache_control }],
    },
  ],
});

test('R-BUD-10: a cache mark on a tool call, as OpenCode sets it, is one like any other', () => {
  expect(callOf(wire, requestOf(path, { ...base, ...markedCall({ type: 'ephemeral' }) }))).toMatchObject({
    cachePremium: 'write',
  });
});

test.each([
  ['many answers', { n: 2 }],
  ['sound', { modalities: ['text', 'audio'] }],
  ['sound that is heard', content({ type: 'input_audio', input_audio: { data: '' } })],
  ['a search', { web_search_options: {} }],
  ['a model that searches', { model: 'gpt-4o-search-preview' }],
  ['a tool of the provider alone', { tools: [{ type: 'mcp' }] }],
  ['a plug-in', { plugins: [{ id: 'web' }] }],
  ['a cache of an hour', content({ type: 'text', text: 'x', cache_control: { ttl: '1h' } })],
  ['a cache of an hour for a tool call', markedCall({ type: 'ephemeral', ttl: '1h' })],
])('R-BUD-3: %s is refused', (_, extra) => {
  expect(refusalOf(wire, requestOf(path, { ...base, ...extra })).failure).toBe('refused_feature');
});

test('one answer, text alone and no search are nothing special', () => {
  const body = {
    ...base,
    n: 1,
    modalities: ['text'],
    plugins: [],
    tools: [],
    audio: null,
    max_tokens: 7,
    max_completion_tokens: 7,
  };
  const request = requestOf(path, body);
  expect(callOf(wire, request).render(7)).toBe(request.body);
});

test('files are of unknown size, pictures are not', () => {
  const sizeOf = (part: object) =>
    callOf(wire, requestOf(path, { ...base, ...content(part) })).parts[1]?.tokensMax;
  expect(sizeOf({ type: 'text', text: 'x' })).not.toBeNull();
  const url = 'data:image/png;base64,iVBORw0KGgo=';
  expect(sizeOf({ type: 'image_url', image_url: { url } })).toBeGreaterThan(pictureTokensMax);
  expect(sizeOf({ type: 'file', file: {} })).toBeNull();
});

test('R-BUD-7: the same action has the same hash, whatever id it has', () => {
  const acted = (id: string, command: string, text: string | null = null) => {
    const call = { id, type: 'function', function: { name: 'bash', arguments: JSON.stringify({ command }) } };
    const messages = [
      ...base.messages,
      { role: 'assistant', content: text, tool_calls: [call] },
      { role: 'tool' },
    ];
    return callOf(wire, requestOf(path, { ...base, messages })).actionHash;
  };
  expect(acted('call_1', 'ls')).toBe(acted('call_2', 'ls', 'Again:'));
  expect(acted('call_1', 'ls')).not.toBe(acted('call_1', 'pwd'));
  expect(callOf(wire, requestOf(path, base)).actionHash).toBeNull();
});

test('R-BUD-4: a refusal is an error of the protocol, which stops its clients', () => {
  const { status, headers, body } = wire.refuse({
    status: 400,
    failure: 'budget_exceeded',
    message: 'No money.',
  });
  expect({ status, headers, body: JSON.parse(body) }).toEqual({
    status: 400,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
    body: {
      error: {
        message: 'moose: budget_exceeded: No money.',
        type: 'invalid_request_error',
        param: null,
        code: 'budget_exceeded',
      },
    },
  });
});

test('a stream that is broken off ends with an error', () => {
  const end = folded(wire.fold(true), [
    events([{ choices: [] }]),
    Buffer.from(wire.breakOff('braked', 'Too many calls.')),
  ]);
  expect(end).toMatchObject({ isWhole: false, failure: 'bad_request' });
});

test('who pays is not the client’s to say', () => {
  const headers = {
    authorization: 'Bearer k',
    'openai-organization': 'o',
    'content-length': '7',
    'accept-encoding': 'gzip',
    'proxy-authorization': 'x',
    'user-agent': 'a',
    'x-stainless-lang': ['1', '2'],
    'x-many': '1',
  };
  expect(wire.keyOf({ headers, search: '' })).toBe('k');
  expect(callOf(wire, requestOf(path, base, headers)).headers).toEqual({
    'user-agent': 'a',
    'x-stainless-lang': '1, 2',
    'content-type': 'application/json',
  });
});

test('rendering twice gives the same result as rendering once', () => {
  const limit = fc.option(fc.integer({ min: 1, max: 9_999 }), { nil: undefined });
  fc.assert(
    fc.property(limit, limit, fc.boolean(), (max_tokens, max_completion_tokens, stream) => {
      const request = requestOf(path, { ...base, max_tokens, max_completion_tokens, stream });
      const once = callOf(wire, request).render(5_000);
      expect(callOf(wire, { ...request, body: once }).render(5_000)).toEqual(once);
    }),
  );
});

test('it never throws, whatever a client or a provider sends', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      wire.read(
        requestOf(path, { ...base, messages: [{ role: 'assistant', content: one, tool_calls: other }] }),
      );
      wire.read(requestOf(path, { ...base, messages: one, tools: other, stream_options: one, stream: true }));
      folded(wire.fold(true), [events([{ choices: one, usage: other }, one, other])]);
      folded(wire.fold(false), [Buffer.from(JSON.stringify(one))]);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), anyCuts, (bytes, cuts) => {
      folded(wire.fold(true), cutAt(Buffer.from(bytes), cuts));
      wire.read({ ...requestOf(path, {}), body: Buffer.from(bytes) });
    }),
  );
});
