// The input of a Responses request: its parts, and the action that it answers.
import { hashOfAction, inputParts, type PartSource } from './input-parts.ts';
import { isObject, type JsonObject, listIn, memberOf, textIn } from './json-value.ts';
import { responsesTools } from './openai-responses-features.ts';
import type { InputPart } from './wire.ts';

const settings = ['model', 'instructions', 'tools', 'tool_choice', 'text', 'reasoning', 'truncation'];
/** What the provider has stored, and reads before what is sent. */
const stored = ['previous_response_id', 'conversation'];
/** The prompt of a computer, which is not in the request. */
const computerTokens = 2_000;

export function responsesParts(body: JsonObject): InputPart[] {
  const tools = listIn(body, 'tools');
  const first: PartSource = {
    text: JSON.stringify([...settings, ...stored].map((name) => memberOf(body, name) ?? null)),
    extraTokens: tools.filter((tool) => /^computer/.test(textIn(tool, 'type') ?? '')).length * computerTokens,
    isUnseen: stored.some((name) => (memberOf(body, name) ?? null) !== null),
  };
  return inputParts([
    first,
    ...itemsOf(body).map((item) => ({ text: JSON.stringify(item), isUnseen: isUnseen(item) })),
  ]);
}

/** A string is short for one message of the user. */
export function itemsOf(body: JsonObject): readonly unknown[] {
  const input = memberOf(body, 'input');
  return typeof input === 'string' ? [{ role: 'user', content: input }] : listIn(body, 'input');
}

const seenItems =
  /^(?:function|custom_tool|local_shell|shell|apply_patch|computer|tool_search)_call(?:_output)?$|^(?:tool_search_output|configuration_update)$/;
const seenParts = new Set(['input_text', 'output_text', 'text', 'summary_text', 'reasoning_text', 'refusal']);

function isUnseen(item: unknown): boolean {
  const type = textIn(item, 'type') ?? (memberOf(item, 'role') === undefined ? '' : 'message');
  // Its text is with the provider alone.
  if (type === 'reasoning')
    return textIn(item, 'encrypted_content') === null && listIn(item, 'content').length === 0;
  if (type !== 'message' && !seenItems.test(type)) return true;
  const output = memberOf(item, 'output');
  const parts = [...listIn(item, 'content'), ...(isObject(output) ? [output] : listIn(item, 'output'))];
  return parts.some((part) => isPicture(part));
}

export function isSound(item: unknown): boolean {
  const parts = [...listIn(item, 'content'), ...listIn(item, 'output')];
  return parts.some((part) => textIn(part, 'type') === 'input_audio');
}

/** What a shell puts out has no type, and is text. */
function isPicture(part: unknown): boolean {
  const type = textIn(part, 'type');
  return type !== null && !seenParts.has(type);
}

/** Tools that a search of the client's found, in the midst of the conversation. */
export function hostedToolsInInput(body: JsonObject): unknown[] {
  return itemsOf(body)
    .flatMap((item) => listIn(item, 'tools'))
    .filter((tool) => !responsesTools.isClients(tool));
}

/** The last calls of tools in a row, else the last words of the model. */
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
