// The parts of a request's input: how many tokens each can be at most, and what it begins with, so that a conversation that
// grows is known by what the provider has already counted.
import { hash } from 'node:crypto';
import type { InputPart } from './wire.ts';

export interface PartSource {
  /** All that makes tokens, as JSON without what makes none: marks of a cache. */
  text: string;
  /** What the provider adds to it that is not in its text. */
  extraTokens?: number;
  /** The part holds what cannot be counted here. */
  isUnseen?: boolean;
}

/** A tokenizer over bytes never makes more tokens than there are bytes. */
export function inputParts(sources: readonly PartSource[]): InputPart[] {
  let before = '';
  return sources.map(({ text, extraTokens = 0, isUnseen = false }) => {
    before = sha256(`${before}\n${text}`);
    return { hash: before, tokensMax: isUnseen ? null : Buffer.byteLength(text) + extraTokens };
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
