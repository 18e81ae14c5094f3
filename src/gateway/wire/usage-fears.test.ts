// Usage reports that do not mean what they say: each is booked at its highest value, or presumed (R-BUD-2).
import { expect, test } from 'vitest';
import type { WireName } from '../../domain/agents/model-call.ts';
import { events, folded } from './recorded.fixture.ts';
import type { FoldEnd } from './wire.ts';
import { wires } from './wires.ts';

function end(wire: WireName, said: readonly unknown[]): FoldEnd {
  const protocol = wires.get(wire);
  if (!protocol) throw new Error(wire);
  return folded(protocol.fold(true), [events(said)]);
}

const started = (usage: unknown) => ({ type: 'message_start', message: { type: 'message', usage } });
const delta = (usage: unknown) => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
const stopped = { type: 'message_stop' };
const piece = (usage?: unknown) => ({ choices: [{ delta: { content: 'x' }, finish_reason: null }], usage });
const finished = (usage?: unknown) => ({ choices: [{ delta: {}, finish_reason: 'stop' }], usage });
const last = (usage: unknown) => ({ choices: [], usage });
const completed = (usage: unknown) => ({
  type: 'response.completed',
  response: { status: 'completed', output: [], usage },
});
const chunk = (usageMetadata: unknown, finishReason?: string) => ({
  candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason }],
  usageMetadata,
});
const chatUsage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
const geminiUsage = { promptTokenCount: 1_000, candidatesTokenCount: 500, totalTokenCount: 1_500 };
const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

test.each<[string, WireName, unknown[]]>([
  [
    'an input of 0 at the end',
    'anthropic-messages',
    [
      started({ input_tokens: 1_000, output_tokens: 1 }),
      delta({ input_tokens: 0, output_tokens: 500 }),
      stopped,
    ],
  ],
  [
    'an output of 0 at the end',
    'anthropic-messages',
    [
      started({ input_tokens: 1_000, output_tokens: 1 }),
      delta({ output_tokens: 500 }),
      delta({ output_tokens: 0 }),
      stopped,
    ],
  ],
  ['a second usage of 0', 'openai-chat', [piece(), finished(), last(chatUsage), last(zeros), '[DONE]']],
  ['a usage that shrinks', 'openai-chat', [piece(chatUsage), finished(zeros), '[DONE]']],
  [
    'a second usage of 0',
    'openai-responses',
    [
      completed({ input_tokens: 1_000, output_tokens: 500, total_tokens: 1_500 }),
      completed({ input_tokens: 0, output_tokens: 0, total_tokens: 0 }),
    ],
  ],
  [
    'a last usage of 0',
    'gemini',
    [chunk(geminiUsage), chunk({ promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 }, 'STOP')],
  ],
])(
  'R-BUD-2: fear: a later report is smaller than an earlier one, and is believed: %s (%s)',
  (_, wire, said) => {
    expect(end(wire, said).usage).toMatchObject({ inputTokens: 1_000, outputTokens: 500 });
  },
);

test.each<[string, WireName, unknown[]]>([
  ['before the answer has finished', 'openai-chat', [piece(chatUsage), finished(), '[DONE]']],
  [
    'of the first chunk alone',
    'gemini',
    [chunk({ promptTokenCount: 1_000, totalTokenCount: 1_000 }), chunk(undefined, 'STOP')],
  ],
  [
    'at the end without what was answered',
    'gemini',
    [chunk({ promptTokenCount: 1_000 }), chunk({ promptTokenCount: 1_000 }, 'STOP')],
  ],
  [
    'of an answer that goes on',
    'openai-responses',
    [
      {
        type: 'response.completed',
        response: { status: 'in_progress', usage: { input_tokens: 9, output_tokens: 1 } },
      },
    ],
  ],
  ['of its beginning alone', 'anthropic-messages', [started({ input_tokens: 9, output_tokens: 1 }), stopped]],
  [
    'in the midst of it',
    'anthropic-messages',
    [
      started({ input_tokens: 9, output_tokens: 1 }),
      { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 12 } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      stopped,
    ],
  ],
])('R-BUD-2: fear: a usage %s counts as the final one (%s)', (_, wire, said) => {
  expect(end(wire, said).usage).toBeNull();
});

const unreadable = ['1000', 10.5, -1, {}, true, 1e300];

test.each(unreadable)('R-BUD-2: fear: a number that cannot be read, such as %j, costs nothing', (count) => {
  const counts = { input_tokens: 1_000, output_tokens: 500 };
  const anthropic = (usage: object) =>
    end('anthropic-messages', [started({ ...counts, ...usage }), delta({ output_tokens: 500 }), stopped]);
  expect(anthropic({}).usage).not.toBeNull();
  expect(anthropic({ cache_read_input_tokens: count }).usage).toBeNull();
  expect(anthropic({ cache_creation: { ephemeral_1h_input_tokens: count } }).usage).toBeNull();
  expect(
    end('anthropic-messages', [started(counts), delta({ output_tokens: 500, input_tokens: count }), stopped])
      .usage,
  ).toBeNull();
  const chat = (usage: object) => end('openai-chat', [finished({ ...chatUsage, ...usage }), '[DONE]']);
  expect(chat({}).usage).not.toBeNull();
  expect(chat({ total_tokens: count }).usage).toBeNull();
  expect(chat({ prompt_tokens_details: { cached_tokens: count } }).usage).toBeNull();
  const responses = (usage: object) => end('openai-responses', [completed({ ...counts, ...usage })]);
  expect(responses({}).usage).not.toBeNull();
  expect(responses({ input_tokens_details: { cache_write_tokens: count } }).usage).toBeNull();
  const gemini = (usage: object) => end('gemini', [chunk({ ...geminiUsage, ...usage }, 'STOP')]);
  expect(gemini({}).usage).not.toBeNull();
  expect(gemini({ thoughtsTokenCount: count }).usage).toBeNull();
});

test('a usage that is not an object is ignored', () => {
  expect(
    end('anthropic-messages', [started({ input_tokens: 1, output_tokens: 1 }), delta([]), stopped]).usage,
  ).toBeNull();
  expect(end('gemini', [chunk(geminiUsage), chunk('1500', 'STOP')]).usage).toBeNull();
});
