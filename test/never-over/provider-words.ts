// The messages of the never-over test's provider: the same events in three protocols.
import {
  noUsage,
  type TokenUsage,
  totalInputTokens,
  type WireName,
} from '../../src/domain/agents/model-call.ts';
import type { Lie } from './generation.ts';

export interface Words {
  /** The first event, with the usage that is known by then. */
  start(usage: TokenUsage): string;
  piece(text: string): string;
  /** A usage in the middle of the answer, which is not final. */
  interim(usage: TokenUsage): string;
  /** The end of the answer; null: it does not report its usage. */
  finish(usage: TokenUsage | null): string;
  /** The last message of the stream itself. */
  last(): string;
  error(): string;
  document(text: string, usage: TokenUsage | null): string;
}

type Protocol = Exclude<WireName, 'gemini'>;

const event = (type: string, data: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const chunk = (data: object) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...data })}\n\n`;

function anthropicUsage(usage: TokenUsage) {
  return {
    input_tokens: usage.inputTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
    service_tier: 'standard',
  };
}

const anthropic: Words = {
  start: (usage) =>
    event('message_start', {
      message: {
        id: 'm',
        type: 'message',
        content: [],
        usage: anthropicUsage({ ...usage, outputTokens: Math.min(1, usage.outputTokens) }),
      },
    }),
  piece: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  interim: ({ outputTokens }) =>
    event('message_delta', { delta: { stop_reason: null }, usage: { output_tokens: outputTokens } }),
  finish: (usage) =>
    event('message_delta', {
      delta: { stop_reason: 'end_turn' },
      ...(usage && { usage: anthropicUsage(usage) }),
    }),
  last: () => event('message_stop', {}),
  error: () => event('error', { error: { type: 'api_error', message: 'Internal server error' } }),
  document: (text, usage) =>
    JSON.stringify({
      id: 'm',
      type: 'message',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      ...(usage && { usage: anthropicUsage(usage) }),
    }),
};

function openaiUsage(usage: TokenUsage, [input, output]: readonly [string, string]) {
  return {
    [`${input}_tokens`]: totalInputTokens(usage),
    [`${output}_tokens`]: usage.outputTokens,
    total_tokens: totalInputTokens(usage) + usage.outputTokens,
    [`${input}_tokens_details`]: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
  };
}

const chatUsage = (usage: TokenUsage) => ({ usage: openaiUsage(usage, ['prompt', 'completion']) });

const chat: Words = {
  start: () =>
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
  piece: (text) => chunk({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] }),
  interim: (usage) => chunk({ choices: [], ...chatUsage(usage) }),
  finish: (usage) =>
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
    (usage ? chunk({ choices: [], ...chatUsage(usage) }) : ''),
  last: () => 'data: [DONE]\n\n',
  error: () => chunk({ error: { type: 'server_error', message: 'The server had an error' } }),
  document: (text, usage) =>
    JSON.stringify({
      id: 'c',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      ...(usage && chatUsage(usage)),
    }),
};

function response(status: string, usage: TokenUsage | null) {
  return {
    id: 'r',
    object: 'response',
    status,
    output: [],
    usage: usage && openaiUsage(usage, ['input', 'output']),
  };
}

const responses: Words = {
  start: () => event('response.created', { response: response('in_progress', null) }),
  piece: (delta) => event('response.output_text.delta', { delta }),
  interim: (usage) => event('response.in_progress', { response: response('in_progress', usage) }),
  finish: (usage) => event('response.completed', { response: response('completed', usage) }),
  last: () => '',
  error: () => event('error', { code: 'server_error', message: 'The server had an error' }),
  document: (_text, usage) => JSON.stringify(response('completed', usage)),
};

const wordsOf: Record<Protocol, Words> = {
  'anthropic-messages': anthropic,
  'openai-chat': chat,
  'openai-responses': responses,
};

/** The messages of a provider that reports its usage wrongly in this way. */
export function wordsFor(wire: Protocol, lie: Lie): Words {
  const words = wordsOf[wire];
  const finish = (usage: TokenUsage | null, later: TokenUsage) =>
    words.finish(usage) + (usage === null ? '' : words.finish(later));
  switch (lie) {
    case 'none':
      return words;
    case 'placeholder':
      return { ...words, start: () => words.start(noUsage) };
    case 'lower_after':
      return { ...words, finish: (usage) => finish(usage, halved(usage ?? noUsage)) };
    case 'zero_after':
      return { ...words, finish: (usage) => finish(usage, noUsage) };
    case 'unreadable':
      return {
        ...words,
        finish: (usage) => asTexts(words.finish(usage)),
        document: (text, usage) => asTexts(words.document(text, usage)),
      };
    case 'early':
      return {
        ...words,
        finish: () => words.finish(null),
        document: (text) => words.document(text, null),
      };
  }
}

function halved(usage: TokenUsage): TokenUsage {
  const { inputTokens, outputTokens } = usage;
  return { ...usage, inputTokens: Math.floor(inputTokens / 2), outputTokens: Math.floor(outputTokens / 2) };
}

function asTexts(said: string): string {
  return said.replaceAll(/("(?:output|completion)_tokens":)(\d+)/g, '$1"$2"');
}

export const wireOfPath: Record<string, Protocol> = {
  '/v1/messages': 'anthropic-messages',
  '/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
};
