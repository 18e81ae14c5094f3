import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCuts, callOf, cutAt, events, filtered, folded, requestOf } from '../recorded.fixture.ts';
import type { ReadCall } from '../wire.ts';
import { openaiChat as wire } from './openai-chat.ts';

const path = '/v1/chat/completions';
const base = { model: 'gpt-5.6', messages: [{ role: 'user', content: 'hi' }] };

const usage = {
  prompt_tokens: 1_000,
  completion_tokens: 50,
  total_tokens: 1_050,
  prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 0 },
};
const billed = {
  inputTokens: 300,
  cacheReadTokens: 600,
  cacheWriteTokens: 100,
  cacheWrite1hTokens: 0,
  outputTokens: 50,
};
const chunk = (choices: readonly unknown[], extra: object = { usage: null }) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices,
  ...extra,
});
const said = chunk([{ index: 0, delta: { content: 'a "usage" € \n' }, finish_reason: null }]);
const finished = chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
const prompted = chunk([], { prompt_filter_results: [] });
const used = chunk([], { usage });

function filterOf(call: ReadCall) {
  if (call.filter === null) throw new Error('has no filter');
  return call.filter();
}

test('what only the gateway asked for is taken out, and every other byte passes, however the stream is cut', () => {
  const call = callOf(wire, requestOf(path, { ...base, stream: true }));
  const kept = [prompted, said, finished, '[DONE]'];
  fc.assert(
    fc.property(anyCuts, fc.constantFrom('\n', '\r\n'), (cuts, end) => {
      const comment = `: waiting${end}${end}`;
      const stream = (data: unknown[]) => Buffer.from(`${comment}${events(data, end).toString()}`);
      const bytes = stream([...kept.slice(0, 3), used, ...kept.slice(3)]);
      expect(filtered(filterOf(call), cutAt(bytes, cuts))).toBe(stream(kept).toString());
    }),
  );
});

test('what is no stream of events passes the filter whole', () => {
  const call = callOf(wire, requestOf(path, { ...base, stream: true }));
  const text = JSON.stringify({ choices: [], usage: {} });
  expect(filtered(filterOf(call), [Buffer.from(text)])).toBe(text);
});

test('R-BUD-2: the usage comes after the reason why it finished, however the stream is cut', () => {
  const bytes = events([prompted, said, finished, used, '[DONE]']);
  fc.assert(
    fc.property(anyCuts, (cuts) => {
      expect(folded(wire.fold(true), cutAt(bytes, cuts))).toEqual({
        usage: billed,
        isWhole: true,
        failure: null,
        surprise: null,
        shownChars: 13,
      });
    }),
  );
});

test('R-BUD-2: a stream that ends before its usage is not whole', () => {
  expect(folded(wire.fold(true), [events([said, finished])])).toMatchObject({ usage: null, isWhole: false });
  const growing = events([chunk([{ delta: {}, finish_reason: null }], { usage })]);
  expect(folded(wire.fold(true), [growing])).toMatchObject({ usage: null, isWhole: false });
});

test('R-BUD-2: fear: a usage from the midst of an answer that then fails is taken for all of it', () => {
  const growing = chunk([{ delta: { content: 'a' }, finish_reason: null }], { usage });
  const error = { error: { type: 'server_error', message: 'The server had an error' } };
  const failing = [said, growing, said, finished, error];
  expect(folded(wire.fold(true), [events(failing)])).toMatchObject({ usage: null, failure: 'provider_down' });
  const late = [said, growing, finished, used, error];
  expect(folded(wire.fold(true), [events(late)])).toMatchObject({ usage: billed, isWhole: false });
});

test('usage that comes with the reason, without a last word, is enough', () => {
  const last = chunk([{ delta: {}, finish_reason: 'stop' }], { usage });
  expect(folded(wire.fold(true), [events([said, last])])).toMatchObject({ usage: billed, isWhole: true });
});

test('an answer in one piece has its usage, also where a stream was asked for', () => {
  const body = { choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], usage };
  for (const isStream of [true, false]) {
    const end = folded(wire.fold(isStream), [Buffer.from(JSON.stringify(body, null, 1))]);
    expect(end).toMatchObject({ usage: billed, isWhole: true });
  }
});

test.each([
  ['DeepSeek', { prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 8 }, [2, 8, 0, 2]],
  [
    'reasoning beside the output',
    { prompt_tokens: 10, completion_tokens: 2, total_tokens: 32 },
    [10, 0, 0, 22],
  ],
  [
    'a proxy that counts the cache apart',
    { prompt_tokens: 10, completion_tokens: 2, cache_read_input_tokens: 90, cache_creation_input_tokens: 4 },
    [10, 90, 4, 2],
  ],
  ['a proxy', { prompt_tokens: 10, completion_tokens: 2, cache_creation_input_tokens: 4 }, [6, 0, 4, 2]],
])('the usage of %s counts every token once', (_, counted, [input, read, written, output]) => {
  const body = { choices: [], usage: counted };
  expect(folded(wire.fold(false), [Buffer.from(JSON.stringify(body))]).usage).toEqual({
    inputTokens: input,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: 0,
    outputTokens: output,
  });
});

test.each([
  ['service_tier: priority', { service_tier: 'priority', usage }],
  ['service_tier: turbo', { service_tier: 'turbo', usage }],
  ['service_tier: (unreadable)', { service_tier: 2, usage }],
  ['audio_tokens', { usage: { ...usage, completion_tokens_details: { audio_tokens: 9 } } }],
  ['audio_tokens', { usage: { ...usage, completion_tokens_details: { audio_tokens: '9' } } }],
  ['num_search_queries', { usage: { ...usage, num_search_queries: '3' } }],
  ['a search of the web', { choices: [{ message: { annotations: [{ type: 'url_citation' }] } }], usage }],
])('R-BUD-2: %s in an answer has a price that nobody bounded', (surprise, extra) => {
  const body = { choices: [], ...extra };
  expect(folded(wire.fold(false), [Buffer.from(JSON.stringify(body))]).surprise).toBe(surprise);
});

test('an error within a stream has its kind', () => {
  const error = {
    error: { message: 'The server is overloaded', type: 'server_error', code: 'server_overloaded' },
  };
  expect(folded(wire.fold(true), [events([said, error, '[DONE]'])])).toMatchObject({
    isWhole: false,
    failure: 'overloaded',
  });
});
