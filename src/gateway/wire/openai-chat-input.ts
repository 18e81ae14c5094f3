// The input of a Chat Completions request: its parts, and the action that it answers.
import { hashOfAction, inputParts, type PartSource } from './input-parts.ts';
import { isObject, type JsonObject, listIn, memberOf, objectIn, textIn } from './json-value.ts';
import type { InputPart } from './wire.ts';

const settings = [
  'model',
  'tools',
  'functions',
  'tool_choice',
  'response_format',
  'reasoning_effort',
  'reasoning',
];

export function chatParts(body: JsonObject): InputPart[] {
  const first = { text: JSON.stringify(settings.map((name) => memberOf(body, name) ?? null)) };
  return inputParts([first, ...listIn(body, 'messages').map(messagePart)]);
}

function messagePart(message: unknown): PartSource {
  if (!isObject(message)) return { text: JSON.stringify(message) };
  const { cache_control: _, ...rest } = message;
  const content = contentOf(message).map(withoutMark);
  return {
    text: JSON.stringify({ ...rest, content }),
    isUnseen:
      content.some((part) => !seenTypes.has(textIn(part, 'type'))) || objectIn(message, 'audio') !== null,
  };
}

const seenTypes: ReadonlySet<string | null> = new Set([
  'text',
  'refusal',
  'thinking',
  'reasoning',
  'tool_result',
]);

/** A string is short for one part of text. */
export function contentOf(message: unknown): readonly unknown[] {
  const content = memberOf(message, 'content');
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
}

function withoutMark(part: unknown): unknown {
  if (!isObject(part)) return part;
  const { cache_control: _, ...rest } = part;
  return rest;
}

/** A cache of Anthropic's behind this protocol, to be kept for an hour: an answer does not say what that cost. */
export function asksForHour(body: JsonObject): boolean {
  const messages = listIn(body, 'messages');
  const places = [body, ...listIn(body, 'tools'), ...messages, ...messages.flatMap(contentOf)];
  return places.some((place) => textIn(objectIn(place, 'cache_control'), 'ttl') === '1h');
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
