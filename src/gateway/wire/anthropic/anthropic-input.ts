// The input of an Anthropic Messages request: its parts, the cache premium, and the action that it answers.

import { type Placed, placed } from '../elsewhere.ts';
import { hashOfAction, type PartSource, type RequestInput, requestInput } from '../input-parts.ts';
import type { JsonText } from '../json-text.ts';
import { isObject, type JsonObject, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { sealedIn } from '../sealed.ts';
import { allHidden, sightOf } from '../shape.ts';
import { tokensOfText } from '../tokens-of-text.ts';
import { surplusOf, surplusOfMessage } from '../worst-rendering.ts';
import { typedTokens } from './anthropic-features.ts';
import { anthropicBlock } from './anthropic-shape.ts';

const unread = new Set([
  ...['max_tokens', 'stream', 'metadata', 'service_tier', 'speed', 'inference_geo', 'cache_control'],
  ...['temperature', 'top_p', 'top_k', 'stop_sequences', 'fallbacks', 'mcp_servers'],
]);

export function anthropicInput({ value: body, oddNumbers }: JsonText, bytesSent: number): RequestInput {
  const tools = listIn(body, 'tools').map(withoutMark);
  const definitions = new Map(
    tools.map((tool) => [textIn(tool, 'name'), tokensOfText(JSON.stringify(tool)) + surplusOf(tool)]),
  );
  const system = contentOf(memberOf(body, 'system'));
  return requestInput({
    body,
    oddNumbers,
    bytesSent,
    conversation: 'messages',
    unread,
    rewritten: { tools, system: system.map(withoutMark) },
    first: {
      extraTokens: typedTokens(tools),
      look: sightOf(system, anthropicBlock),
      sealed: sealedIn(system.flatMap((block) => withNested(block, depthMax))),
    },
    messages: listIn(body, 'messages').map((message) => messagePart(message, definitions)),
  });
}

/** A plain string is shorthand for one text block; clients switch between both as they move their cache marks. */
function contentOf(content: unknown): readonly unknown[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [content];
}

/** All that the model is shown, with its place. */
export function anthropicContent(body: JsonObject): Placed[] {
  return [
    ...placed('system', contentOf(memberOf(body, 'system')), anthropicBlock),
    ...listIn(body, 'messages').flatMap((message, index) =>
      placed(`messages[${index}].content`, contentOf(memberOf(message, 'content')), anthropicBlock),
    ),
  ];
}

function messagePart(message: unknown, definitions: ReadonlyMap<string | null, number>): PartSource {
  const given = contentOf(memberOf(message, 'content'));
  const blocks = given.map(withoutMark);
  const all = blocks.flatMap((block) => withNested(block, depthMax));
  const named = all.flatMap(referredTool);
  const isUnknown = named.some((name) => !definitions.has(name));
  return {
    text: JSON.stringify(isObject(message) ? { ...message, content: blocks } : message),
    // A deferred tool enters the prompt at the place where it is named.
    extraTokens: named.reduce((sum, name) => sum + (definitions.get(name) ?? 0), 0),
    look: isUnknown ? allHidden : sightOf(given, anthropicBlock),
    surplus: surplusOfMessage(message),
    sealed: sealedIn(all),
  };
}

/** Cache marks make no tokens, and move as a conversation grows. */
function withoutMark(block: unknown): unknown {
  if (!isObject(block)) return block;
  const { cache_control: _, ...rest } = block;
  const content = memberOf(rest, 'content');
  return Array.isArray(content) ? { ...rest, content: content.map(withoutMark) } : rest;
}

/** JSON that the gateway accepts never nests deeper. */
const depthMax = 64;

function withNested(block: unknown, depth: number): unknown[] {
  if (depth === 0) return [block];
  const nested = [...listIn(block, 'content'), ...listIn(objectIn(block, 'source'), 'content')];
  return [block, ...nested.flatMap((each) => withNested(each, depth - 1))];
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

export function anthropicAction(body: JsonObject): string | null {
  const last = listIn(body, 'messages').findLast((message) => textIn(message, 'role') === 'assistant');
  const blocks = contentOf(memberOf(last, 'content'));
  const calls = blocks
    .filter((block) => textIn(block, 'type') === 'tool_use')
    .map((block) => [memberOf(block, 'name'), memberOf(block, 'input')]);
  return hashOfAction(calls, blocks.map((block) => textIn(block, 'text') ?? '').join(''));
}
