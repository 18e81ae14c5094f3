// What an answer bills beside the usage that it reports first (R-BUD-2).
import { expect, test } from 'vitest';
import type { WireName } from '../../../domain/agents/model-call.ts';
import type { ModelPrice } from '../../../domain/agents/price.ts';
import { bookingOf } from '../../calls/booking.ts';
import { price } from '../../gateway-ground.fixture.ts';
import { wires } from '../wires.ts';

function bookedFor(wire: WireName, ...events: object[]) {
  const isStream = events.length > 1;
  const fold = wires.get(wire)?.fold(isStream);
  if (fold === undefined) throw new Error(wire);
  const texts = events.map((event) => JSON.stringify(event));
  fold.push(Buffer.from(isStream ? texts.map((text) => `data: ${text}\n\n`).join('') : texts.join('')));
  return bookingOf(200, fold.end(), {
    prices: { asked: price as ModelPrice, dearer: [], unpriced: [], dearest: null },
    heldNanoUsd: 100_000_000n,
    parts: [],
    input: null,
    billsItsCharge: false,
    isOwnHost: true,
  });
}

const said = { role: 'assistant', content: 'Done.' };
const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const choice = { index: 0, message: said, finish_reason: 'stop' };

test('one answer is booked by its tokens', () => {
  expect(bookedFor('openai-chat', { choices: [choice], usage })).toMatchObject({
    kind: 'settle',
    nanoUsd: 1_050_000n,
  });
});

test.each<[string, WireName, object[]]>([
  ['two choices', 'openai-chat', [{ choices: [choice, { ...choice, index: 1 }], usage }]],
  [
    'a second choice in a stream',
    'openai-chat',
    [{ choices: [{ index: 1, delta: said, finish_reason: 'stop' }] }, { choices: [], usage }],
  ],
  [
    'two candidates',
    'gemini',
    [
      {
        candidates: [{ finishReason: 'STOP' }, { index: 1, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 },
      },
    ],
  ],
])('R-BUD-2: fear: %s are booked as one answer', (_, wire, events) => {
  expect(bookedFor(wire, ...events)).toMatchObject({
    kind: 'presume',
    stops: expect.stringContaining('second'),
  });
});

test.each<[WireName, object[]]>([
  [
    'openai-chat',
    [
      { choices: [{ index: 0, delta: said, finish_reason: 'stop' }] },
      { choices: [], usage: { ...usage, completion_tokens: 1 } },
      { error: { message: 'overloaded' } },
    ],
  ],
  [
    'anthropic-messages',
    [
      { type: 'message_start', message: { usage: { input_tokens: 100, output_tokens: 1 } } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'error', error: { type: 'overloaded_error', message: 'busy' } },
    ],
  ],
  [
    'gemini',
    [
      {
        candidates: [{ finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 1, totalTokenCount: 101 },
      },
      { error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } },
    ],
  ],
  [
    'openai-responses',
    [
      { type: 'response.created', response: { id: 'r', status: 'in_progress' } },
      {
        type: 'response.in_progress',
        response: { id: 'r', usage: { input_tokens: 100, output_tokens: 1, total_tokens: 101 } },
      },
      { type: 'error', code: 'server_error', message: 'busy' },
    ],
  ],
])('R-BUD-2: fear: %s: an error after a small usage is booked at that usage', (wire, events) => {
  expect(bookedFor(wire, ...events)).toMatchObject({ kind: 'presume' });
});

const message = { type: 'message', stop_reason: 'end_turn', content: [] };
const metrics = { inputTokenCount: 5_000, outputTokenCount: 900, cacheWriteInputTokenCount: 0 };

test.each<[string, object[]]>([
  [
    'in one piece',
    [
      {
        ...message,
        usage: { input_tokens: 100, output_tokens: 50 },
        'amazon-bedrock-invocationMetrics': metrics,
      },
    ],
  ],
  [
    'as a stream',
    [
      { type: 'message_start', message: { usage: { input_tokens: 100, output_tokens: 1 } } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 50 } },
      { type: 'message_stop', 'amazon-bedrock-invocationMetrics': metrics },
    ],
  ],
])("R-BUD-2: fear: Amazon's own counts are above the usage (%s)", (_, events) => {
  // 5,000 tokens at $3 a million, and 900 at $15.
  expect(bookedFor('anthropic-messages', ...events)).toMatchObject({ kind: 'settle', nanoUsd: 28_500_000n });
});

test.each<[string, object, object, bigint]>([
  // 5,000 tokens at $3 a million, 900 at $15, and 2,000 at $3.75.
  ['with a cache write', {}, { cacheWriteInputTokenCount: 2_000 }, 36_000_000n],
  // The larger one of each counts: 9,000 at $3, and 1,000 at $15.
  ['below the usage', { input_tokens: 9_000, output_tokens: 1_000 }, {}, 42_000_000n],
  ['in a part below it', { input_tokens: 9_000, output_tokens: 50 }, {}, 40_500_000n],
])(
  "R-BUD-2: of Amazon's own counts and the usage, the larger ones are booked (%s)",
  (_, counted, more, nanoUsd) => {
    const usage = { input_tokens: 100, output_tokens: 50, ...counted };
    const own = { ...metrics, ...more };
    const start = { type: 'message_start', message: { usage: { ...usage, output_tokens: 1 } } };
    const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage };
    const stop = { type: 'message_stop', 'amazon-bedrock-invocationMetrics': own };
    const whole = { ...message, usage, 'amazon-bedrock-invocationMetrics': own };
    for (const events of [[whole], [start, delta, stop]])
      expect(bookedFor('anthropic-messages', ...events)).toMatchObject({ kind: 'settle', nanoUsd });
  },
);
