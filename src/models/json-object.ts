import { z } from 'zod';

// Finds the single JSON object in a model's output: fenced, wrapped in prose, or bare.

/** Deeper JSON is refused before it is parsed: no valid answer nests so deeply, and the recursion must end. */
export const jsonDepthMax = 64;

/** How many braces in prose are tried as the start of an object. */
const objectStartsMax = 20;

/** How many schema violations are reported: a model can use no more. */
const problemCharsMax = 2_000;

export type FoundObject<T> = { object: T } | { problem: string };

/**
 * Accepts the whole text, or the only outermost object in it that satisfies the schema. If two do, choosing one would
 * be a guess, so both are refused.
 */
export function findJsonObject<T>(text: string, schema: z.ZodType<T>): FoundObject<T> {
  const candidates = [...outermostObjects(text)];
  const fitting: T[] = [];
  let problem = candidates.length === 0 ? 'The answer contains no complete JSON object.' : '';
  for (const candidate of candidates) {
    const read = readObject(candidate, schema);
    if ('object' in read) {
      fitting.push(read.object);
    } else {
      problem ||= read.problem;
    }
  }
  const [object] = fitting;
  if (object === undefined) {
    return { problem };
  }
  return fitting.length === 1
    ? { object }
    : { problem: `The answer contains ${fitting.length} JSON objects that fit; one was asked for.` };
}

function readObject<T>(json: string, schema: z.ZodType<T>): FoundObject<T> {
  if (jsonDepth(json) > jsonDepthMax) {
    return { problem: `The JSON nests deeper than ${jsonDepthMax} levels.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    return {
      problem: `The answer is not valid JSON: ${cause instanceof Error ? cause.message : 'unknown'}.`,
    };
  }
  const checked = schema.safeParse(value);
  return checked.success
    ? { object: checked.data }
    : {
        problem: `The JSON does not fit the schema: ${z.prettifyError(checked.error)}`.slice(
          0,
          problemCharsMax,
        ),
      };
}

/** The deepest nesting of brackets outside strings; the text need not be JSON. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
    } else if (char === '{' || char === '[') {
      deepest = Math.max(deepest, ++depth);
    } else if (char === '}' || char === ']') {
      depth--;
    }
  }
  return deepest;
}

function* outermostObjects(text: string): Generator<string> {
  let from = text.indexOf('{');
  for (let tries = 0; from !== -1 && tries < objectStartsMax; tries++) {
    const end = endOfObject(text, from);
    if (end !== -1) {
      yield text.slice(from, end);
    }
    from = text.indexOf('{', end === -1 ? from + 1 : end);
  }
}

/** The index after the brace that closes the one at `start`, or -1. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
    } else if (char === '{') {
      depth++;
    } else if (char === '}' && --depth === 0) {
      return at + 1;
    }
  }
  return -1;
}

/** The index of the quote that closes the one at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') {
      at++;
    } else if (text[at] === '"') {
      return at;
    }
  }
  return text.length;
}
