// The most tokens that a structured member can become: hosts parse tools, schemas, arguments and results, and render them
// again before they are tokenised, with indentation, spaces, escapes or tags of their own. A byte-level tokenizer makes at
// most one token per byte of what is rendered, so the bound is that of the longest rendering that templates are known to use.
import { isObject, parseOrNull } from './json-value.ts';
import { tokensOfText } from './tokens-of-text.ts';

/** `-1.7976931348623157e+308` has 24 characters. */
const numberBytes = 25;
/** `false`, `None`. */
const wordBytes = 8;
/** Four spaces and a line end at each level. */
const indentBytes = 4;
/** Quotes, a colon and a comma with spaces around them; or the brackets of two tags. */
const memberBytes = 8;
/** `<parameter=…>`, with its end and its line ends, around each argument of a call. */
const argumentBytes = 32;
/** `\u003c`, for each UTF-16 unit. */
const escapeBytes = 6;
/** JSON within JSON is read this often. */
const withinMax = 2;

/** At `depth` 0, the members are arguments of a call. */
export function worstRendering(value: unknown, depth = 0, within = 0): number {
  const line = 1 + indentBytes * (depth + 1);
  const around = memberBytes + line + (depth === 0 ? argumentBytes : 0);
  if (typeof value === 'string') return worstString(value, depth, within);
  if (typeof value === 'number') return numberBytes;
  if (Array.isArray(value)) {
    let sum = around;
    for (const each of value) sum += worstRendering(each, depth + 1, within) + around;
    return sum;
  }
  if (!isObject(value)) return wordBytes;
  let sum = around;
  // A tag repeats the name at its end.
  for (const [name, each] of Object.entries(value))
    sum += 2 * escapedBytes(name) + worstRendering(each, depth + 1, within) + around;
  return sum;
}

function worstString(text: string, depth: number, within: number): number {
  const plain = Math.max(escapedBytes(text), tokensOfText(text)) + 2;
  if (within >= withinMax || !/^\s*[[{]/.test(text)) return plain;
  const value = parseOrNull(text);
  return value === null ? plain : Math.max(plain, worstRendering(value, depth, within + 1));
}

/** Quotes, backslashes, control characters, and what is dangerous in HTML, may be escaped; so may all that is not ASCII. */
function escapedBytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPlain =
      code >= 0x20 &&
      code < 0x7f &&
      // " & ' < > \
      !(code === 0x22 || code === 0x26 || code === 0x27 || code === 0x3c || code === 0x3e || code === 0x5c);
    if (!isPlain) bytes += escapeBytes - 1;
  }
  return bytes;
}

/** How much longer a structured member may become than it is written. */
export function surplusOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  // An empty list is left out, or as short as it is written.
  return bytes <= 2 ? 0 : Math.max(0, worstRendering(value) - bytes);
}

/** Members that models read as they are. */
const plainTexts = new Set([
  ...['text', 'thinking', 'reasoning', 'reasoning_content', 'refusal', 'instructions', 'role', 'type', 'id'],
  ...['signature', 'thoughtSignature', 'thought_signature', 'encrypted_content', 'data', 'status', 'phase'],
  ...['url', 'image_url', 'file_data', 'media_type', 'mimeType', 'mime_type', 'tool_use_id', 'tool_call_id'],
  ...['call_id', 'connector_text', 'title', 'context', 'detail'],
]);
/** Members with the parts of a message. */
const contents = new Set([
  'content',
  'parts',
  'summary',
  'source',
  'image_url',
  'file',
  'inlineData',
  'inline_data',
]);
const ofTools = /^(?:tool|function|ipython)$|_output$|tool_result$/;

/** The same for a message or an item: its own texts are read as they are, the rest may be rendered. */
export function surplusOfMessage(message: unknown): number {
  if (Array.isArray(message)) return message.reduce<number>((sum, each) => sum + surplusOfMessage(each), 0);
  if (!isObject(message)) return 0;
  const isOfTool = [message.role, message.type].some(
    (each) => typeof each === 'string' && ofTools.test(each),
  );
  let sum = 0;
  for (const [name, value] of Object.entries(message)) {
    if (!isOfTool && contents.has(name)) sum += surplusOfMessage(value);
    else if (typeof value !== 'string' || isOfTool || !plainTexts.has(name)) sum += surplusOf(value);
  }
  return sum;
}

const systemMembers = new Set(['system', 'instructions', 'systemInstruction', 'system_instruction', 'model']);

/** The same for everything outside the conversation. */
export function surplusOfSettings(members: readonly (readonly [string, unknown])[]): number {
  return members.reduce(
    (sum, [name, value]) => sum + (systemMembers.has(name) ? surplusOfMessage(value) : surplusOf(value)),
    0,
  );
}
