// The input of an Anthropic Messages request: its parts, the premium of its cache, and the action that it answers.

import { anthropicTools, typedTokens } from './anthropic-features.ts';
import { hashOfAction, inputParts, type PartSource } from './input-parts.ts';
import { isObject, type JsonObject, listIn, memberOf, objectIn, textIn } from './json-value.ts';
import type { CachePremium, InputPart } from './wire.ts';

/** What changes how many tokens the same messages make, or which of them the model is shown. */
const settings = ['model', 'tool_choice', 'thinking', 'output_config', 'output_format', 'context_management'];

export function anthropicParts(body: JsonObject): InputPart[] {
  const tools = listIn(body, 'tools').map(withoutMark);
  const definitions = new Map(tools.map((tool) => [textIn(tool, 'name'), JSON.stringify(tool)]));
  const system = contentOf(memberOf(body, 'system')).map(withoutMark);
  const first: PartSource = {
    text: JSON.stringify([tools, system, ...settings.map((name) => memberOf(body, name) ?? null)]),
    extraTokens: typedTokens(tools),
    isUnseen: system.some(isUnseen),
  };
  return inputParts([first, ...listIn(body, 'messages').map((message) => messagePart(message, definitions))]);
}

/** A string is short for one block of text, and clients change between the two as they move their marks of the cache. */
function contentOf(content: unknown): readonly unknown[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
}

function messagePart(message: unknown, definitions: ReadonlyMap<string | null, string>): PartSource {
  const blocks = contentOf(memberOf(message, 'content')).map(withoutMark);
  const all = blocks.flatMap(withNested);
  const named = all.flatMap(referredTool);
  return {
    text: JSON.stringify(isObject(message) ? { ...message, content: blocks } : message),
    // A tool that waited at the front comes into the prompt where it is named.
    extraTokens: named.reduce((sum, name) => sum + Buffer.byteLength(definitions.get(name) ?? ''), 0),
    isUnseen: all.some(isUnseen) || named.some((name) => !definitions.has(name)),
  };
}

/** The marks of a cache make no tokens, and move on as a conversation grows. */
function withoutMark(block: unknown): unknown {
  if (!isObject(block)) return block;
  const { cache_control: _, ...rest } = block;
  const content = memberOf(rest, 'content');
  return Array.isArray(content) ? { ...rest, content: content.map(withoutMark) } : rest;
}

function withNested(block: unknown): unknown[] {
  const source = objectIn(block, 'source');
  const nested = [...listIn(block, 'content'), ...listIn(source, 'content')];
  return [block, ...nested];
}

function referredTool(block: unknown): string[] {
  const tool = objectIn(block, 'tool');
  const name =
    textIn(block, 'type') === 'tool_reference'
      ? (textIn(block, 'tool_name') ?? textIn(block, 'name'))
      : textIn(tool, 'type') === 'tool_reference' && textIn(block, 'type') === 'tool_addition'
        ? textIn(tool, 'name')
        : null;
  return name === null ? [] : [name];
}

/** Blocks that are all text; pictures, files and what the provider's own tools brought are as large as nobody here can see. */
const seenTypes = new Set([
  ...['text', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'search_result', 'fallback'],
  ...['tool_reference', 'tool_addition', 'tool_removal', 'mid_conv_system', 'connector_text'],
]);

function isUnseen(block: unknown): boolean {
  const type = textIn(block, 'type');
  if (type === 'document') {
    const source = textIn(objectIn(block, 'source'), 'type');
    return source !== 'text' && source !== 'content';
  }
  return type === null || !seenTypes.has(type);
}

/** Tools that are defined within the conversation. */
export function toolsInMessages(body: JsonObject): unknown[] {
  return listIn(body, 'messages')
    .flatMap((message) => listIn(message, 'content'))
    .flatMap((block) => objectIn(objectIn(block, 'tool'), 'definition') ?? [])
    .filter((tool) => !anthropicTools.isClients(tool));
}

const depthMax = 8;

/** Marks stand on the request, on tools, and on blocks; what a tool's schema calls so costs nothing but a wider bound. */
export function cachePremiumOf(body: JsonObject): CachePremium {
  const places = [body, ...listIn(body, 'tools'), ...contentOf(memberOf(body, 'system'))];
  const messages = listIn(body, 'messages').flatMap((message) => contentOf(memberOf(message, 'content')));
  const marks = [...places, ...messages].flatMap((place) => marksIn(place, depthMax));
  if (marks.some((mark) => textIn(mark, 'ttl') === '1h')) return 'write_1h';
  return marks.length > 0 ? 'write' : 'none';
}

function marksIn(place: unknown, depth: number): unknown[] {
  const mark = memberOf(place, 'cache_control');
  const below = depth === 0 ? [] : listIn(place, 'content').flatMap((each) => marksIn(each, depth - 1));
  const source =
    depth === 0
      ? []
      : listIn(objectIn(place, 'source'), 'content').flatMap((each) => marksIn(each, depth - 1));
  return [...(mark === undefined || mark === null ? [] : [mark]), ...below, ...source];
}

export function anthropicAction(body: JsonObject): string | null {
  const last = listIn(body, 'messages').findLast((message) => textIn(message, 'role') === 'assistant');
  const blocks = contentOf(memberOf(last, 'content'));
  const calls = blocks
    .filter((block) => textIn(block, 'type') === 'tool_use')
    .map((block) => [memberOf(block, 'name'), memberOf(block, 'input')]);
  return hashOfAction(calls, blocks.map((block) => textIn(block, 'text') ?? '').join(''));
}
