// The input of a Chat Completions request: its parts, and the action that it answers.
import { hashOfAction, type PartSource, type RequestInput, requestInput } from '../input-parts.ts';
import type { JsonText } from '../json-text.ts';
import { isObject, type JsonObject, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { allSeen, sightOf } from '../shape.ts';
import { surplusOfMessage } from '../worst-rendering.ts';
import { chatMessage } from './openai-chat-shape.ts';

const unread = new Set([
  ...['max_tokens', 'max_completion_tokens', 'stream', 'stream_options', 'service_tier', 'metadata'],
  ...['user', 'safety_identifier', 'store', 'seed', 'prompt_cache_key', 'prompt_cache_options'],
  ...['temperature', 'top_p', 'top_k', 'min_p', 'top_a', 'repetition_penalty', 'length_penalty', 'stop'],
  ...['presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'n', 'best_of', 'prediction'],
  ...['models', 'plugins', 'search_parameters', 'enable_search', 'cache_control'],
]);

export function chatInput({ value: body, oddNumbers }: JsonText, bytesSent: number): RequestInput {
  return requestInput({
    body,
    oddNumbers,
    bytesSent,
    conversation: 'messages',
    unread,
    rewritten: {},
    first: { look: allSeen },
    messages: listIn(body, 'messages').map(messagePart),
  });
}

function messagePart(message: unknown): PartSource {
  const look = sightOf([message], chatMessage);
  const surplus = surplusOfMessage(message);
  if (!isObject(message)) return { text: JSON.stringify(message), look, surplus };
  const { cache_control: _, ...rest } = message;
  return { text: JSON.stringify({ ...rest, content: contentOf(message).map(withoutMark) }), look, surplus };
}

/** A plain string is shorthand for one text part. */
export function contentOf(message: unknown): readonly unknown[] {
  const content = memberOf(message, 'content');
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [content];
}

function withoutMark(part: unknown): unknown {
  if (!isObject(part)) return part;
  const { cache_control: _, ...rest } = part;
  return rest;
}

export function chatAction(body: JsonObject): string | null {
  const last = listIn(body, 'messages').findLast((message) => textIn(message, 'role') === 'assistant');
  const called = [
    ...listIn(last, 'tool_calls'),
    ...[objectIn(last, 'function_call')].filter((call) => call !== null),
  ];
  const calls = called.map((call) => {
    const what = objectIn(call, 'function') ?? objectIn(call, 'custom') ?? call;
    return [memberOf(what, 'name'), memberOf(what, 'arguments') ?? memberOf(what, 'input')];
  });
  return hashOfAction(
    calls,
    contentOf(last)
      .map((part) => textIn(part, 'text') ?? '')
      .join(''),
  );
}
