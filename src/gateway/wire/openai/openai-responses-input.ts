// The input of a Responses request: its parts, and the action that it answers.
import { hashOfAction, type RequestInput, requestInput } from '../input-parts.ts';
import type { JsonText } from '../json-text.ts';
import { type JsonObject, listIn, memberOf, textIn } from '../json-value.ts';
import { allHidden, allSeen, sightOf } from '../shape.ts';
import { surplusOfMessage } from '../worst-rendering.ts';
import { responsesItem } from './openai-responses-shape.ts';

const unread = new Set([
  ...['max_output_tokens', 'max_tool_calls', 'stream', 'stream_options', 'service_tier', 'metadata'],
  ...['client_metadata', 'user', 'safety_identifier', 'store', 'include', 'prompt_cache_key'],
  ...['prompt_cache_options', 'temperature', 'top_p', 'top_logprobs', 'background', 'context_management'],
]);
/** Members that refer to content stored at the provider, which reads it before the request's own input. */
const stored = ['previous_response_id', 'conversation', 'prompt'];
/** The prompt for computer use, which is not in the request. */
const computerTokens = 2_000;

export function responsesInput({ value: body, oddNumbers }: JsonText, bytesSent: number): RequestInput {
  const computers = listIn(body, 'tools').filter((tool) => /^computer/.test(textIn(tool, 'type') ?? ''));
  const isStored = Object.values(storedIn(body)).some((value) => (value ?? null) !== null);
  return requestInput({
    body,
    oddNumbers,
    bytesSent,
    conversation: 'input',
    unread,
    rewritten: {},
    first: { extraTokens: computers.length * computerTokens, look: isStored ? allHidden : allSeen },
    messages: itemsOf(body).map((item) => ({
      text: JSON.stringify(item),
      look: sightOf([item], responsesItem),
      surplus: surplusOfMessage(item),
    })),
  });
}

export function storedIn(body: JsonObject): Record<string, unknown> {
  return Object.fromEntries(stored.map((name) => [name, memberOf(body, name)]));
}

/** A plain string is shorthand for one user message. */
export function itemsOf(body: JsonObject): readonly unknown[] {
  const input = memberOf(body, 'input');
  return typeof input === 'string' ? [{ role: 'user', content: input }] : listIn(body, 'input');
}

/** The action is the last uninterrupted series of tool calls, or the model's last text. */
export function responsesAction(body: JsonObject): string | null {
  const items = itemsOf(body);
  const last = items.findLastIndex(isAction);
  if (last < 0) return null;
  if (!isCall(items[last])) return hashOfAction([], textOf(items[last]));
  const before = items.slice(0, last + 1).findLastIndex((item) => !isCall(item));
  return hashOfAction(items.slice(before + 1, last + 1).map(callOf), '');
}

function isCall(item: unknown): boolean {
  return textIn(item, 'type')?.endsWith('_call') === true;
}

function isAction(item: unknown): boolean {
  return isCall(item) || textIn(item, 'role') === 'assistant';
}

function callOf(item: unknown): readonly unknown[] {
  const what = ['arguments', 'input', 'action', 'operation', 'actions'].map((name) => memberOf(item, name));
  return [memberOf(item, 'type'), memberOf(item, 'name'), what.find((each) => each !== undefined)];
}

function textOf(item: unknown): string {
  const content = memberOf(item, 'content');
  if (typeof content === 'string') return content;
  return listIn(item, 'content')
    .map((part) => textIn(part, 'text') ?? '')
    .join('');
}
