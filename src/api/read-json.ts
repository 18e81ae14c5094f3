// Reads a request body from anybody: limited in bytes, time and depth, and refused unless it is JSON in UTF-8.
import { PermanentError } from '../domain/failure.ts';

export const bodyBytesMax = 1024 * 1024;
/** A deeper body would overflow the stack of the code that reads it. */
export const depthMax = 64;

/** @throws PermanentError `BODY_TOO_LARGE` before more than `bytesMax` bytes are in memory */
export async function readBody(request: Request, bytesMax = bodyBytesMax): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** With another content type, a route's validator would read nothing and report no problem. */
export function isJson(contentType: string): boolean {
  return /^application\/([a-z.-]+\+)?json(;\s*[a-zA-Z0-9-]+=([^;]+))*$/.test(contentType);
}

/** @throws PermanentError `JSON_INVALID`, `JSON_TOO_DEEP` */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid('The body is not UTF-8.', cause);
  }
  if (depthOf(text) > depthMax) {
    throw new PermanentError({
      code: 'JSON_TOO_DEEP',
      component: 'api',
      operation: 'read',
      message: `The body is nested more than ${depthMax} levels deep.`,
      advice: 'Send a flatter document.',
    });
  }
  try {
    // A name that the database cannot store would otherwise cause an error there, much later.
    const hasEscapes = /\\u(0000|d[89a-f])/i.test(text);
    return JSON.parse(text, hasEscapes ? refuseName : undefined);
  } catch (cause) {
    throw invalid('The body is not JSON.', cause);
  }
}

function refuseName(name: string, value: unknown): unknown {
  if (name.includes('\0') || !name.isWellFormed()) throw new SyntaxError('A key is not valid text');
  return value;
}

/** The deepest nesting, computed without parsing; undefined for invalid JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

function invalid(message: string, cause: unknown): PermanentError {
  return new PermanentError({
    code: 'JSON_INVALID',
    component: 'api',
    operation: 'read',
    message,
    advice: 'Send one JSON document in UTF-8.',
    cause,
  });
}

function tooLarge(bytesMax: number): PermanentError {
  return new PermanentError({
    code: 'BODY_TOO_LARGE',
    component: 'api',
    operation: 'read',
    message: `The body is larger than ${bytesMax} bytes.`,
    advice: 'Send less: shorten long texts before you send them.',
  });
}
