// What a Gemini request holds, whichever of its two spellings a client uses: the provider takes `maxOutputTokens` and
// `max_output_tokens` alike, and so has to be read with both.
import { type JsonObject, memberOf } from './json-value.ts';

export function snakeOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The spelling that this object uses; the usual one where it has neither. */
export function spellingIn(value: unknown, name: string): string {
  const snake = snakeOf(name);
  return memberOf(value, snake) === undefined ? name : snake;
}

export function eitherIn(value: unknown, name: string): unknown {
  return memberOf(value, spellingIn(value, name));
}

const bothMatter = [
  ...[
    'generationConfig',
    'systemInstruction',
    'toolConfig',
    'cachedContent',
    'serviceTier',
    'safetySettings',
  ],
];
const bothMatterInSettings = [
  'maxOutputTokens',
  'candidateCount',
  'responseModalities',
  'thinkingConfig',
  'speechConfig',
];

/** @returns The name that stands in both spellings: the provider may take the one that was not read. */
export function doubledName(body: JsonObject): string | null {
  const settings = eitherIn(body, 'generationConfig');
  return (
    bothMatter.find((name) => isDoubled(body, name)) ??
    bothMatterInSettings.find((name) => isDoubled(settings, name)) ??
    null
  );
}

function isDoubled(value: unknown, name: string): boolean {
  return memberOf(value, name) !== undefined && memberOf(value, snakeOf(name)) !== undefined;
}
