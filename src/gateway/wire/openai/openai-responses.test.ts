import fc from 'fast-check';
import { expect, test } from 'vitest';
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
import { openaiResponses as wire } from './openai-responses.ts';

const path = '/v1/responses';
const base = { model: 'gpt-5.6-codex', input: 'hi' };

const usage = {
  input_tokens: 1_000,
  input_tokens_details: { cached_tokens: 600, cache_write_tokens: 100 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 30 },
  total_tokens: 1_050,
};
const billed = {
  inputTokens: 300,
  cacheReadTokens: 600,
  cacheWriteTokens: 100,
  cacheWrite1hTokens: 0,
  outputTokens: 50,
};
const response = (status: string, extra: object = {}) => ({
  id: 'r',
  object: 'response',
  status,
  error: null,
  service_tier: 'default',
  output: [],
  usage: null,
  ...extra,
});
const created = { type: 'response.created', response: response('in_progress', { service_tier: 'auto' }) };
const delta = { type: 'response.output_text.delta', delta: 'response.completed "usage" €\n' };
const completed = { type: 'response.completed', response: response('completed', { usage }) };

test('R-BUD-3: what Codex sends passes: without the search of the web, and with a limit', () => {
  const request = recorded('codex-second');
  const call = callOf(wire, request);
  expect(call).toMatchObject({ model: 'gpt-5.6-codex', isStream: true, outputTokensMax: null, filter: null });
  expect(call.parts.every((part) => part.tokensMax !== null)).toBe(true);
  const given = JSON.parse(request.body.toString());
  expect(given.tools.map(({ type }: { type: string }) => type)).toContain('web_search');
  expect(JSON.parse(call.render(16_000).toString())).toEqual({
    ...given,
    tools: given.tools.filter(({ type }: { type: string }) => type !== 'web_search'),
    max_output_tokens: 16_000,
    service_tier: 'default',
  });
});

test('a conversation of Codex that grows begins with the same parts', () => {
  const first = callOf(wire, recorded('codex-first'));
  const second = callOf(wire, recorded('codex-second'));
  const hashes = second.parts.map(({ hash }) => hash);
  expect(hashes.slice(0, first.parts.length)).toEqual(first.parts.map(({ hash }) => hash));
  expect(first.actionHash).toBeNull();
  expect(second.actionHash).not.toBeNull();
});

test('nothing changes where the limit is small enough', () => {
  const request = requestOf(path, { ...base, max_output_tokens: 500, store: false, service_tier: 'default' });
  expect(callOf(wire, request).render(500)).toBe(request.body);
  expect(sentBy(wire, request, 9_000)).toMatchObject({ max_output_tokens: 500 });
});

test('R-BUD-3: what a price per token does not bound is left out, or made usual', () => {
  const tools = [{ type: 'custom', name: 'apply_patch' }, { type: 'image_generation' }, { type: 'shell' }];
  const extra = {
    service_tier: 'ultrafast',
    context_management: [{ type: 'compaction', compact_threshold: 1 }],
    include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    max_output_tokens: 10,
    tools,
  };
  expect(sentBy(wire, requestOf(path, { ...base, ...extra }), 10)).toEqual({
    ...base,
    service_tier: 'default',
    include: ['reasoning.encrypted_content'],
    max_output_tokens: 10,
    tools: [tools[0], tools[2]],
  });
});

const search = { type: 'web_search' };
const named = { type: 'function', name: 'a', parameters: {} };

test.each([
  ['an answer in the background', { background: true }],
  ['a stored prompt', { prompt: { id: 'p' } }],
  ['several passes of reasoning', { reasoning: { effort: 'high', mode: 'pro' } }],
  ['a search alone', { tools: [search] }],
  ['a search that is asked for', { tools: [named, search], tool_choice: { type: 'web_search' } }],
  ['a shell at the provider', { tools: [{ type: 'shell', environment: { type: 'container_auto' } }] }],
  ['a search among tools at the provider', { tools: [{ type: 'tool_search' }] }],
  ['a search that hides in a namespace', { tools: [{ type: 'namespace', tools: [named, search] }] }],
  ['a search that a search of tools found', { input: [{ type: 'tool_search_output', tools: [search] }] }],
  ['a compaction', { input: [{ type: 'compaction_trigger' }] }],
  ['sound', { modalities: ['audio'] }],
  ['sound that is heard', { input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }],
])('R-BUD-3: %s is refused', (_, extra) => {
  expect(refusalOf(wire, requestOf(path, { ...base, ...extra })).failure).toBe('refused_feature');
});

test('what clients run passes', () => {
  const tools = [
    named,
    { type: 'custom', name: 'b' },
    { type: 'local_shell' },
    { type: 'shell', environment: { type: 'local' } },
    { type: 'apply_patch' },
    { type: 'namespace', name: 'n', tools: [named] },
    { type: 'tool_search', execution: 'client' },
  ];
  const request = requestOf(path, { ...base, tools, max_output_tokens: 9, service_tier: 'default' });
  expect(callOf(wire, request).render(9)).toBe(request.body);
});

test('what is stored with the provider, and files, are of unknown size', () => {
  const sizes = (extra: object) =>
    callOf(wire, requestOf(path, { ...base, ...extra })).parts.map(({ tokensMax }) => tokensMax === null);
  expect(sizes({})).toEqual([false, false]);
  expect(sizes({ previous_response_id: 'r' })).toEqual([true, false]);
  expect(sizes({ conversation: { id: 'c' } })).toEqual([true, false]);
  const input = [
    { role: 'user', content: [{ type: 'input_text', text: 'x' }] },
    { role: 'user', content: [{ type: 'input_image', image_url: 'data:image/gif;base64,R0lG' }] },
    { type: 'function_call', name: 'a', arguments: '{}' },
    { type: 'function_call_output', output: 'text' },
    { type: 'function_call_output', output: [{ type: 'input_file', file_id: 'f' }] },
    {
      type: 'shell_call_output',
      output: [{ stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    { type: 'computer_call_output', output: { type: 'computer_screenshot' } },
    { type: 'reasoning', encrypted_content: 'x', summary: [] },
    { type: 'reasoning', id: 'rs_1', summary: [] },
    { type: 'item_reference', id: 'm' },
    { type: 'unheard_of' },
  ];
  expect(sizes({ input })).toEqual([
    ...[false, false, false, false, false, true, false],
    ...[false, false, true, true, true],
  ]);
});

test('R-BUD-7: the last calls in a row are the action, whatever ids they have', () => {
  const action = (items: readonly object[]) =>
    callOf(wire, requestOf(path, { ...base, input: items })).actionHash;
  const call = (command: string, call_id: string) => ({
    type: 'function_call',
    name: 'sh',
    call_id,
    arguments: command,
  });
  const output = { type: 'function_call_output', output: 'x' };
  const once = action([call('ls', '1'), output]);
  expect(action([call('ls', '1'), output, { type: 'reasoning' }, call('ls', '2'), output])).toBe(once);
  expect(action([call('ls', '1'), call('pwd', '2'), output, output])).not.toBe(once);
  const spoken = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'done' }] };
  expect(action([call('ls', '1'), output, spoken])).toBe(action([{ ...spoken, content: 'done' }]));
});

test('R-BUD-2: the usage is that of the last event, however the stream is cut', () => {
  const bytes = events([created, delta, completed]);
  fc.assert(
    fc.property(anyCuts, (cuts) => {
      expect(folded(wire.fold(true), cutAt(bytes, cuts))).toEqual({
        usage: billed,
        isWhole: true,
        failure: null,
        surprise: null,
        shownChars: 29,
      });
    }),
  );
  expect(folded(wire.fold(true), [events([created, delta])])).toMatchObject({ usage: null, isWhole: false });
});

test('an answer that stopped at its limit, failed, or came in one piece has its usage', () => {
  const incomplete = { type: 'response.incomplete', response: response('incomplete', { usage }) };
  expect(folded(wire.fold(true), [events([incomplete])])).toMatchObject({ usage: billed, isWhole: true });
  const error = { code: 'rate_limit_exceeded', message: 'Rate limit reached' };
  const failed = { type: 'response.failed', response: response('failed', { error, usage }) };
  expect(folded(wire.fold(true), [events([failed])])).toMatchObject({
    usage: billed,
    isWhole: true,
    failure: 'rate_limited',
  });
  const body = Buffer.from(JSON.stringify(completed.response));
  expect(folded(wire.fold(false), [body])).toMatchObject({ usage: billed, isWhole: true, failure: null });
});

test('an error within a stream has its kind, in both of its forms', () => {
  const error = {
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your quota',
  };
  const flat = { type: 'error', code: 'server_error', message: 'The server had an error', param: null };
  expect(folded(wire.fold(true), [events([{ type: 'error', error }])]).failure).toBe('quota');
  expect(folded(wire.fold(true), [events([flat])]).failure).toBe('provider_down');
});

test.each([
  ['service_tier: priority', { service_tier: 'priority' }],
  ['an item of type web_search_call', { output: [{ type: 'web_search_call' }] }],
  [
    'a shell in container_auto',
    { output: [{ type: 'shell_call', environment: { type: 'container_auto' } }] },
  ],
  [
    'orchestration_input_tokens',
    { usage: { ...usage, input_tokens_details: { orchestration_input_tokens: 5 } } },
  ],
])('R-BUD-2: %s in an answer has a price that nobody bounded', (surprise, extra) => {
  const last = { type: 'response.completed', response: response('completed', { usage, ...extra }) };
  expect(folded(wire.fold(true), [events([created, last])]).surprise).toBe(surprise);
});

test('R-BUD-4: a stream that is broken off ends with a failure that Codex does not retry', () => {
  const text = wire.breakOff('budget_exceeded', 'No money.');
  expect(text).toContain('"code":"invalid_prompt"');
  expect(text).toContain('moose: budget_exceeded: No money.');
  expect(wire.breakOff('provider_down', 'x')).toContain('"code":"server_error"');
  const end = folded(wire.fold(true), [
    events([created]),
    Buffer.from(wire.breakOff('braked', 'Too many calls.')),
  ]);
  expect(end).toMatchObject({ usage: null, failure: 'bad_request' });
});

test.each([
  ['no model', { input: 'x' }],
  ['no input', { model: 'm' }],
  ['a limit in words', { ...base, max_output_tokens: '9' }],
])('a request with %s is refused', (_, body) => {
  expect(refusalOf(wire, requestOf(path, body)).failure).toBe('bad_request');
});

test('rendering twice gives the same result as rendering once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999 }), fc.jsonValue({ maxDepth: 3 }), (limit, value) => {
      const request = requestOf(path, { ...base, metadata: value, tools: [named, search] });
      const once = callOf(wire, request).render(limit);
      expect(callOf(wire, { ...request, body: once }).render(limit)).toEqual(once);
      expect(JSON.parse(once.toString()).metadata).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('it never throws, whatever a client or a provider sends', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      wire.read(
        requestOf(path, { ...base, input: [one, { type: 'message', content: other }, { role: one }] }),
      );
      wire.read(requestOf(path, { ...base, input: other, tools: one, include: other, reasoning: one }));
      folded(wire.fold(true), [events([{ type: 'response.completed', response: one }, one, other])]);
      folded(wire.fold(false), [Buffer.from(JSON.stringify(one))]);
    }),
  );
});
