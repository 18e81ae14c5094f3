import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCuts, cutAt, events, folded } from '../recorded.fixture.ts';
import { anthropicMessages as wire } from './anthropic-messages.ts';

const usage = {
  input_tokens: 10,
  cache_creation_input_tokens: 7,
  cache_read_input_tokens: 300,
  cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 2 },
  output_tokens: 1,
  service_tier: 'standard',
};
const started = { type: 'message_start', message: { type: 'message', content: [], usage } };
const answer = events([
  started,
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'data: {"usage"}\n\n€' } },
  { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 12 } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 20 } },
  { type: 'message_stop' },
]);
const billed = {
  inputTokens: 10,
  cacheReadTokens: 300,
  cacheWriteTokens: 5,
  cacheWrite1hTokens: 2,
  outputTokens: 20,
};

test('R-BUD-2: the usage is the same however the stream is cut; what grows is not added up', () => {
  fc.assert(
    fc.property(anyCuts, fc.constantFrom('\n', '\r\n'), (cuts, end) => {
      const bytes = Buffer.from(answer.toString().replaceAll('\n', end));
      expect(folded(wire.fold(true), cutAt(bytes, cuts))).toEqual({
        usage: billed,
        isWhole: true,
        failure: null,
        surprise: null,
        shownChars: 18,
      });
    }),
  );
});

test('the input is known as soon as the provider has said it', () => {
  const fold = wire.fold(true);
  expect(fold.input).toBeNull();
  fold.push(events([started]));
  expect(fold.input).toEqual({ ...billed, outputTokens: 0 });
});

test('R-BUD-2: a stream that was cut has no usage and is not whole', () => {
  const cut = answer.subarray(0, answer.indexOf('event: message_delta'));
  expect(folded(wire.fold(true), [cut])).toMatchObject({ usage: null, isWhole: false, failure: null });
  const late = answer.subarray(0, answer.indexOf('event: message_stop'));
  expect(folded(wire.fold(true), [late])).toMatchObject({ usage: billed, isWhole: false });
});

test('an answer in one piece has the same usage, and a cut one has none', () => {
  const body = JSON.stringify({ type: 'message', content: [], usage: { ...usage, output_tokens: 20 } });
  expect(folded(wire.fold(false), [Buffer.from(body)])).toMatchObject({ usage: billed, isWhole: true });
  const cut = folded(wire.fold(false), [Buffer.from(body.slice(0, -2))]);
  expect(cut).toMatchObject({ usage: null, isWhole: false });
});

test('an error within a stream has its kind', () => {
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  expect(folded(wire.fold(true), [events([started, error])])).toMatchObject({
    usage: null,
    isWhole: false,
    failure: 'overloaded',
  });
});

test('R-BUD-2: fear: a usage from the midst of an answer that then fails is taken for all of it', () => {
  const error = { type: 'error', error: { type: 'api_error', message: 'Internal server error' } };
  const interim = { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 12 } };
  const last = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 20 } };
  expect(folded(wire.fold(true), [events([started, interim, error])])).toMatchObject({ usage: null });
  expect(folded(wire.fold(true), [events([started, interim, last, error])])).toMatchObject({
    usage: billed,
    isWhole: false,
    failure: 'provider_down',
  });
});

test.each([
  ['speed: fast', { speed: 'fast' }],
  ['service_tier: priority', { service_tier: 'priority' }],
  ['inference_geo: us', { inference_geo: 'us' }],
  ['server_tool_use', { server_tool_use: { web_search_requests: 1 } }],
  ['iterations: compaction', { iterations: [{ type: 'compaction' }, { type: 'message' }] }],
])(
  'R-BUD-2: an answer that was priced by another tariff is no answer of known cost: %s',
  (surprise, extra) => {
    const body = { type: 'message', content: [], usage: { ...usage, ...extra } };
    expect(folded(wire.fold(false), [Buffer.from(JSON.stringify(body))]).surprise).toBe(surprise);
    const usual = {
      speed: 'standard',
      server_tool_use: { web_search_requests: 0 },
      iterations: [{ type: 'message' }],
    };
    const fine = { ...body, usage: { ...usage, ...usual, inference_geo: 'global' } };
    expect(folded(wire.fold(false), [Buffer.from(JSON.stringify(fine))]).surprise).toBeNull();
  },
);

test('a page, or text that is no JSON, is malformed', () => {
  expect(folded(wire.fold(true), [Buffer.from('<html>hello</html>')]).failure).toBe('malformed');
  expect(folded(wire.fold(true), [Buffer.from('data: {oops}\n\n')]).failure).toBe('malformed');
});
