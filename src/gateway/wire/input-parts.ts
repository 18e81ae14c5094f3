// The parts of a request's input: how many tokens each can be at most, and what it begins with, so that a conversation that
// grows is known by what the provider has already counted. Every byte that is sent belongs to a part, or is counted beside them.
import { hash } from 'node:crypto';
import type { JsonObject } from './json-value.ts';
import type { Sight } from './shape.ts';
import { tokensOfText } from './tokens-of-text.ts';
import type { InputPart } from './wire.ts';

export interface PartSource {
  /** All that makes tokens, as JSON without what makes none: marks of a cache. */
  text: string;
  /** What the provider adds to it that is not in its text. */
  extraTokens?: number;
  sight: Sight;
}

export interface RequestInput {
  parts: InputPart[];
  /** For what is sent beside the parts, whatever is known of it. */
  besideTokensMax: number;
}

export interface RequestSource {
  body: JsonObject;
  /** As it goes to the provider, without its limit. */
  bytesSent: number;
  /** The member that holds the conversation. */
  conversation: string;
  /** Members that the model does not read, and that differ between two requests of one conversation. */
  unread: ReadonlySet<string>;
  /** In place of the members of the same name, without what makes no tokens. */
  rewritten: JsonObject;
  /** What the provider adds for what stands before the conversation, and how much of that is seen. */
  first: Pick<PartSource, 'extraTokens' | 'sight'>;
  messages: readonly PartSource[];
}

/** The first part is all of the request that is neither its conversation nor known to be read by no model. */
export function requestInput({ body, bytesSent, first, messages, ...source }: RequestSource): RequestInput {
  const { conversation, unread, rewritten } = source;
  const named = Object.entries({ ...body, ...rewritten }).sort(([one], [other]) => (one < other ? -1 : 1));
  const read = named.filter(([name]) => name !== conversation && !unread.has(name));
  const beside = JSON.stringify(Object.fromEntries(named.filter(([name]) => unread.has(name))));
  const sources = [{ ...first, text: JSON.stringify(Object.fromEntries(read)) }, ...messages];
  const bytesOfParts = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return {
    parts: inputParts(sources),
    besideTokensMax: Math.max(tokensOfText(beside), bytesSent - bytesOfParts),
  };
}

/** What is hidden is never known again: the same words may stand for another picture the next time. */
function inputParts(sources: readonly PartSource[]): InputPart[] {
  let before: string | null = '';
  return sources.map(({ text, extraTokens = 0, sight }) => {
    before = before === null || sight === 'hidden' ? null : sha256(`${before}\n${text}`);
    const bytes = Buffer.byteLength(text);
    return {
      hash: before,
      bytes: sight === 'seen' ? bytes : 0,
      tokensMax: sight === 'seen' ? tokensOfText(text) + extraTokens : null,
    };
  });
}

export function sha256(text: string): string {
  return hash('sha256', text);
}

/** The same for the same calls of tools, whatever ids they have; else for the same text. */
export function hashOfAction(calls: readonly (readonly unknown[])[], text: string): string | null {
  if (calls.length > 0) return sha256(JSON.stringify(['calls', calls]));
  return text === '' ? null : sha256(JSON.stringify(['text', text]));
}
