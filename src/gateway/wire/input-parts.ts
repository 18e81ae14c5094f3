// Splits a request's input into parts, with the most tokens that each can have and a hash of each prefix. By
// the hash, a growing conversation is recognised as the one whose beginning the provider has already counted.
// Every byte that is sent belongs to a part, or is counted separately.
import { hash } from 'node:crypto';
import type { OddNumbers } from './json-text.ts';
import type { JsonObject } from './json-value.ts';
import type { Look } from './shape.ts';
import { tokensOfText } from './tokens-of-text.ts';
import type { InputPart } from './wire.ts';
import { surplusOfSettings } from './worst-rendering.ts';

/**
 * No documented picture has more: 48,169 at gpt-4o-mini, 24,600 in the original size at GPT-5.4, 16,384 at open models,
 * 4,784 at Claude.
 */
export const pictureTokensMax = 65_536;

export interface PartSource {
  /** Everything that makes tokens, as JSON without the cache marks. */
  text: string;
  /** Tokens that the provider adds to this part besides its text. */
  extraTokens?: number;
  /** How much longer its structured members may become than they are written. */
  surplus?: number;
  /** The hashes of what only the provider can read. */
  sealed?: readonly string[];
  look: Look;
}

export interface RequestInput {
  parts: InputPart[];
  /** Tokens of what is sent besides the parts; they count whatever prefix is already known. */
  besideTokensMax: number;
}

export interface RequestSource {
  body: JsonObject;
  oddNumbers: OddNumbers;
  /** The request as it goes to the provider, without its output limit. */
  bytesSent: number;
  /** The name of the member that holds the conversation. */
  conversation: string;
  /** Members that the model does not read and that differ between requests of one conversation. */
  unread: ReadonlySet<string>;
  /** These values replace the members with the same names, so that only what becomes tokens counts. */
  rewritten: JsonObject;
  /** Tokens that the provider adds to the parts before the conversation, and whether those parts' size is known. */
  first: Pick<PartSource, 'extraTokens' | 'look' | 'sealed'>;
  messages: readonly PartSource[];
}

/** The first part is everything outside the conversation, except members that no model reads. */
export function requestInput({
  body,
  oddNumbers,
  bytesSent,
  first,
  messages,
  ...source
}: RequestSource): RequestInput {
  const { conversation, unread, rewritten } = source;
  const named = Object.entries({ ...body, ...rewritten }).sort(([one], [other]) => (one < other ? -1 : 1));
  const read = named.filter(([name]) => name !== conversation && !unread.has(name));
  const beside = JSON.stringify(Object.fromEntries(named.filter(([name]) => unread.has(name))));
  const sources = [
    {
      ...first,
      text: JSON.stringify(Object.fromEntries(read)),
      surplus: surplusOfSettings(read),
      oddNumbers: oddNumbers.outside(conversation),
    },
    ...messages.map((message, index) => ({ ...message, oddNumbers: oddNumbers.inItem(conversation, index) })),
  ];
  const bytesOfParts = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return {
    parts: inputParts(sources),
    besideTokensMax: Math.max(tokensOfText(beside), bytesSent - bytesOfParts),
  };
}

/** A part with hidden content is never recognised again: the same reference may mean another image next time. */
function inputParts(sources: readonly (PartSource & { oddNumbers: string })[]): InputPart[] {
  let before: string | null = '';
  return sources.map(({ text, extraTokens = 0, surplus = 0, sealed = [], look, oddNumbers }) => {
    const { sight, pictures = { count: 0, bytes: 0 }, isUnsized } = look;
    before = before === null || sight === 'hidden' ? null : sha256(`${before}\n${text}${oddNumbers}`);
    const bytes = Buffer.byteLength(text);
    return {
      hash: before,
      bytes: sight === 'seen' ? bytes : 0,
      tokensMax: isUnsized
        ? null
        : tokensOfText(text) -
          pictures.bytes +
          pictures.count * pictureTokensMax +
          surplus +
          oddNumbers.length +
          extraTokens,
      ...(sealed.length > 0 && { sealed }),
    };
  });
}

export function sha256(text: string): string {
  return hash('sha256', text);
}

/** Equal for equal tool calls, whatever their IDs; without tool calls, equal for equal text. */
export function hashOfAction(calls: readonly (readonly unknown[])[], text: string): string | null {
  if (calls.length > 0) return sha256(JSON.stringify(['calls', calls]));
  return text === '' ? null : sha256(JSON.stringify(['text', text]));
}
