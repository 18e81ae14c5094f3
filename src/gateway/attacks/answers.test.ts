// What an answer may hide of its bill, from the documentation of the providers: what it says counts in full, and what nobody
// understands is presumed, and stops the next call.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import {
  type AnswerAttack,
  completions,
  generate,
  messages,
  responses,
  tryAnswer,
} from './attack.fixture.ts';

const shared = sharedDatabase();
const long = 'word '.repeat(8_000);

function claude(usage: object | null, more: object = {}): AnswerAttack['answer'] {
  return [
    {
      type: 'message',
      model: 'm-1',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: 'Done.' }],
      ...(usage && { usage }),
      ...more,
    },
  ];
}

const start = (usage: object, more: object = {}) => ({
  type: 'message_start',
  message: { type: 'message', model: 'm-1', usage, ...more },
});
const delta = (usage: object, stop_reason: string | null = 'end_turn') => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage,
});
const stop = { type: 'message_stop' };
const few = { input_tokens: 100, output_tokens: 50 };

function chat(usage: object | null, more: object = {}, choice: object = {}): AnswerAttack['answer'] {
  const message = { role: 'assistant', content: 'Done.' };
  return [
    {
      model: 'm-1',
      choices: [{ index: 0, message, finish_reason: 'stop', ...choice }],
      ...(usage && { usage }),
      ...more,
    },
  ];
}

const counted = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const piece = (content: string, id = 'a') => ({
  id,
  model: 'm-1',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
});
const finish = (id = 'a') => ({
  id,
  model: 'm-1',
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
});
const usageOf = (usage: object, id = 'a') => ({ id, model: 'm-1', choices: [], usage });

function response(usage: object | null, more: object = {}): AnswerAttack['answer'] {
  return [{ status: 'completed', model: 'm-1', output: [], usage, ...more }];
}

function gemini(usageMetadata: object, more: object = {}, candidate: object = {}): AnswerAttack['answer'] {
  return [
    {
      modelVersion: 'm-1',
      candidates: [{ content: { parts: [{ text: 'Done.' }] }, finishReason: 'STOP', ...candidate }],
      usageMetadata,
      ...more,
    },
  ];
}

const metadata = { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 };

const attacks: AnswerAttack[] = [
  { name: 'no usage', path: messages, answer: claude(null), usd: 0.016 },
  {
    name: 'a usage of nothing for a long text',
    path: messages,
    answer: claude({ input_tokens: 0, output_tokens: 0 }, { content: [{ type: 'text', text: long }] }),
    usd: 0.016,
  },
  {
    name: 'a usage of nothing for a long text',
    path: completions,
    answer: chat(
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      {},
      { message: { role: 'assistant', content: long } },
    ),
    usd: 0.016,
  },
  {
    name: 'a usage of nothing for a long stream',
    path: completions,
    isStream: true,
    answer: [piece(long), finish(), usageOf({ prompt_tokens: 20, completion_tokens: 0 })],
    usd: 0.015,
  },
  {
    name: 'an output of one token for a long text',
    path: responses,
    answer: response(
      { input_tokens: 100, output_tokens: 1 },
      { output: [{ type: 'message', content: [{ type: 'output_text', text: long }] }] },
    ),
    usd: 0.015,
  },
  {
    name: 'an output of one token for a long text',
    path: generate,
    answer: gemini(
      { promptTokenCount: 100, candidatesTokenCount: 1, totalTokenCount: 101 },
      {},
      { content: { parts: [{ text: long }] } },
    ),
    usd: 0.015,
  },
  {
    name: 'an input without what came from the cache',
    path: messages,
    answer: claude({ input_tokens: 3, output_tokens: 50 }),
    body: { system: 'word '.repeat(20_000) },
    usd: 0.06,
  },
  {
    name: 'a last usage that is smaller',
    path: messages,
    isStream: true,
    answer: [
      start({ input_tokens: 100, output_tokens: 1 }),
      delta({ output_tokens: 900 }, null),
      delta({ output_tokens: 20 }),
      stop,
    ],
    usd: 0.0138,
  },
  {
    name: 'passes that are larger than their sum',
    path: messages,
    answer: claude({ ...few, iterations: [{ type: 'message', input_tokens: 100_000, output_tokens: 900 }] }),
    usd: 0.3,
  },
  {
    name: 'a compaction among the passes',
    path: messages,
    answer: claude({
      ...few,
      iterations: [
        { type: 'compaction', input_tokens: 100_000, output_tokens: 900 },
        { type: 'message', ...few },
      ],
    }),
    usd: 0.3,
  },
  {
    name: 'an advisor among the passes',
    path: messages,
    answer: claude({
      ...few,
      iterations: [
        { type: 'message', ...few },
        { type: 'advisor_message', model: 'claude-opus-5', input_tokens: 1_000, output_tokens: 1_800 },
      ],
    }),
    usd: 0.5,
  },
  {
    name: 'fast mode',
    path: messages,
    answer: claude({ input_tokens: 100, output_tokens: 900, speed: 'fast' }),
    usd: 0.0828,
  },
  {
    name: 'a region',
    path: messages,
    answer: claude({ input_tokens: 900, output_tokens: 1_000, inference_geo: 'us' }),
    usd: 0.01947,
  },
  {
    name: 'a tool that nobody knows',
    path: messages,
    answer: claude({ ...few, server_tool_use: { research_requests: 3 } }),
    usd: 0.9,
  },
  {
    name: 'tools that are counted in an object',
    path: messages,
    answer: claude({ ...few, server_tool_use: { web: { requests: 20 } } }),
    usd: 0.2,
  },
  {
    name: 'tools that are counted in words',
    path: messages,
    answer: claude({ ...few, server_tool_use: { web_search_requests: '20' } }),
    usd: 0.2,
  },
  {
    name: 'a day in the cache',
    path: messages,
    answer: claude({
      ...few,
      cache_creation_input_tokens: 1_500,
      cache_creation: { ephemeral_24h_input_tokens: 1_500 },
    }),
    usd: 0.03,
  },
  {
    name: 'two messages in one stream',
    path: messages,
    isStream: true,
    answer: [start(few), delta({ output_tokens: 900 }), start(few), delta({ output_tokens: 900 }), stop],
    usd: 0.0276,
  },
  {
    name: 'a refusal without usage',
    path: messages,
    isStream: true,
    answer: [
      start({ input_tokens: 100, output_tokens: 1 }),
      { type: 'message_delta', delta: { stop_reason: 'refusal' } },
      stop,
    ],
    usd: 0.0158,
  },
  {
    name: 'an error after half of the answer',
    path: messages,
    isStream: true,
    answer: [
      start({ input_tokens: 100, output_tokens: 1 }),
      { type: 'error', error: { type: 'overloaded_error', message: 'busy' } },
    ],
    usd: 0.0153,
  },
  {
    name: 'another model without a price',
    path: messages,
    answer: claude(few, { model: 'unknown-model' }),
    usd: 0.0158,
  },
  {
    name: 'more reasoning than output',
    path: completions,
    answer: chat({ ...counted, completion_tokens_details: { reasoning_tokens: 900 } }),
    usd: 0.0144,
  },
  {
    name: 'a total above its parts',
    path: generate,
    answer: gemini({ ...metadata, totalTokenCount: 1_000 }),
    usd: 0.0138,
  },
  {
    name: 'a search that nobody asked for',
    path: generate,
    answer: gemini(metadata, {}, { groundingMetadata: { webSearchQueries: ['a', 'b'] } }),
    usd: 0.07,
  },
  {
    name: 'pages that were read',
    path: generate,
    answer: gemini(
      metadata,
      {},
      { urlContextMetadata: { urlMetadata: [{ retrievedUrl: 'https://x.example' }] } },
    ),
    usd: 0.5,
  },
  {
    name: 'a priority tier',
    path: generate,
    answer: gemini({
      ...metadata,
      candidatesTokenCount: 900,
      totalTokenCount: 1_000,
      trafficType: 'ON_DEMAND_PRIORITY',
    }),
    usd: 0.0248,
  },
  {
    name: 'an answer in pictures',
    path: generate,
    answer: gemini({ ...metadata, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 40 }] }),
    usd: 0.13,
  },
  {
    name: 'a usage in another unit',
    path: completions,
    answer: chat({ prompt_ktokens: 100, completion_ktokens: 5, ...counted }),
    usd: 0.375,
  },
  {
    name: 'counts in words',
    path: completions,
    answer: chat({ prompt_tokens: '100', completion_tokens: '900' }),
    usd: 0.0138,
  },
  {
    name: 'counts below zero',
    path: completions,
    answer: chat({ prompt_tokens: -5, completion_tokens: 900, total_tokens: 895 }),
    usd: 0.0135,
  },
  {
    name: 'the usage of each choice',
    path: completions,
    answer: chat(null, {}, { usage: { prompt_tokens: 100, completion_tokens: 900 } }),
    usd: 0.0138,
  },
  {
    name: 'a usage after the end',
    path: completions,
    isStream: true,
    answer: [piece('Done.'), finish(), '[DONE]', usageOf({ prompt_tokens: 100, completion_tokens: 900 })],
    usd: 0.0138,
  },
  {
    name: 'two answers in one stream',
    path: completions,
    isStream: true,
    answer: [
      piece('x'),
      finish(),
      usageOf({ prompt_tokens: 100, completion_tokens: 900 }),
      piece('x', 'b'),
      finish('b'),
      usageOf({ prompt_tokens: 100, completion_tokens: 900 }, 'b'),
      '[DONE]',
    ],
    usd: 0.0276,
  },
  {
    name: 'twins of the usage',
    path: completions,
    answer: [
      `{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":900},"usage":{"prompt_tokens":10,"completion_tokens":5}}`,
    ],
    usd: 0.0138,
  },
  {
    name: 'a fee besides the bill of another host',
    path: completions,
    answer: chat({
      ...counted,
      cost: 0.0001,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.014 },
    }),
    usd: 0.0141,
  },
  {
    name: 'no usage at the end',
    path: responses,
    isStream: true,
    answer: [{ type: 'response.completed', response: { status: 'completed', output: [], usage: null } }],
    usd: 0.015,
  },
  {
    name: 'a search that only its events show',
    path: responses,
    isStream: true,
    answer: [
      { type: 'response.output_item.added', item: { type: 'web_search_call', id: 'ws_1' } },
      { type: 'response.web_search_call.completed', item_id: 'ws_1' },
      { type: 'response.completed', response: { status: 'completed', output: [], usage: few } },
    ],
    usd: 0.025,
  },
  {
    name: 'a second response in one stream',
    path: responses,
    isStream: true,
    answer: [1, 2].map((number) => ({
      type: 'response.completed',
      response: {
        id: `resp_${number}`,
        status: 'completed',
        output: [],
        usage: { input_tokens: 100, output_tokens: 900 },
      },
    })),
    usd: 0.0276,
  },
  {
    name: 'a tier in the answer',
    path: responses,
    answer: response({ input_tokens: 100, output_tokens: 900 }, { service_tier: 'priority' }),
    usd: 0.0276,
  },
  {
    name: 'a document in the place of a stream, without usage',
    path: responses,
    body: { stream: true },
    answer: response(null),
    usd: 0.015,
  },
];

const sealed = 'QUJD'.repeat(25_000);
attacks.push(
  ...['data', 'signature'].flatMap((name): AnswerAttack[] => [
    {
      name: `hidden thoughts in \`${name}\``,
      path: messages,
      answer: claude(
        { input_tokens: 100, output_tokens: 1 },
        { content: [{ type: 'redacted_thinking', [name]: sealed }] },
      ),
      usd: 0.0158,
    },
    {
      name: `hidden thoughts in \`${name}\` of a stream`,
      path: messages,
      isStream: true,
      answer: [
        start({ input_tokens: 100, output_tokens: 1 }),
        {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'redacted_thinking', [name]: sealed },
        },
        { type: 'content_block_delta', index: 1, delta: { type: 'signature_delta', [name]: sealed } },
        delta({ output_tokens: 1 }),
        stop,
      ],
      usd: 0.0158,
    },
  ]),
);

test.each(attacks)(
  'R-BUD-11: fear: an answer with $name costs more than is counted ($path)',
  async (attack) => {
    expect(['counted', 'stopped']).toContain(await tryAnswer(shared(), attack));
  },
);
