// What a Gemini request holds, whichever of its two spellings a client uses: the provider takes `maxOutputTokens` and
// `max_output_tokens` alike, and so has to be read with both.
import { isObject, memberOf } from './json-value.ts';

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

/** @returns The name that stands in both spellings: the provider may take the one that was not read. */
export function doubledName(value: unknown): string | null {
  if (Array.isArray(value))
    return value.reduce<string | null>((found, each) => found ?? doubledName(each), null);
  if (!isObject(value)) return null;
  const names = Object.keys(value);
  const doubled = names.find((name) => snakeOf(name) !== name && names.includes(snakeOf(name)));
  if (doubled !== undefined) return doubled;
  for (const [name, each] of Object.entries(value)) {
    const below = asGiven.has(name) ? null : doubledName(each);
    if (below !== null) return below;
  }
  return null;
}

/** Their names are the client's own. */
const asGiven = new Set(
  [
    'args',
    'response',
    'parameters',
    'parametersJsonSchema',
    'responseSchema',
    'responseJsonSchema',
    'labels',
  ].flatMap((name) => [name, snakeOf(name)]),
);
