// Reads a Gemini request in either spelling: the provider accepts both `maxOutputTokens` and `max_output_tokens`, so
// the gateway must read both.
import { isObject, memberOf } from '../json-value.ts';

export function snakeOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The spelling that this object uses; the default one if it has neither. */
export function spellingIn(value: unknown, name: string): string {
  const snake = snakeOf(name);
  return memberOf(value, snake) === undefined ? name : snake;
}

export function eitherIn(value: unknown, name: string): unknown {
  return memberOf(value, spellingIn(value, name));
}

/** @returns a name that appears in both spellings: the provider may use the one that was not read */
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

/** The client chose these names. */
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
