// Reads a request body from anybody: limited in bytes, time and depth, and refused unless it is JSON in UTF-8.

import type { PermanentError, TransientError } from '../../domain/failure.ts';
import { apiFailures } from '../failure-catalogue.ts';

export const bodyBytesMax = 1024 * 1024;
/** A deeper body would overflow the stack of the code that reads it. */
export const depthMax = 64;

/** How many bytes of unfinished bodies this process keeps: anybody can begin a body, and send its end late or never. */
const unfinishedBytesMax = 64 * 1024 * 1024;

interface Unfinished {
  /** One buffer, because a client may send its body byte by byte. */
  kept: Uint8Array<ArrayBuffer>;
  length: number;
  hasGivenWay: boolean;
}

const firstBytes = 16 * 1024;
/** The oldest reads come first. */
const unfinished = new Set<Unfinished>();
let unfinishedBytes = 0;

/**
 * @throws PermanentError `BODY_TOO_LARGE` before more than `bytesMax` bytes are in memory, TransientError `BODIES_TOO_MANY`
 * if newer bodies needed the memory
 */
export async function readBody(request: Request, bytesMax = bodyBytesMax): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const own: Unfinished = { kept: new Uint8Array(0), length: 0, hasGivenWay: false };
  unfinished.add(own);
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      if (own.hasGivenWay) throw tooMany();
      if (own.length + chunk.length > bytesMax) throw tooLarge(bytesMax);
      append(own, chunk);
      makeRoom();
    }
    if (own.hasGivenWay) throw tooMany();
    return own.kept.subarray(0, own.length);
  } finally {
    forget(own);
  }
}

function append(body: Unfinished, chunk: Uint8Array): void {
  const length = body.length + chunk.length;
  if (length > body.kept.length) {
    const larger = new Uint8Array(Math.max(length, 2 * body.kept.length, firstBytes));
    larger.set(body.kept);
    unfinishedBytes += larger.length - body.kept.length;
    body.kept = larger;
  }
  body.kept.set(chunk, body.length);
  body.length = length;
}

function makeRoom(): void {
  for (const oldest of unfinished) {
    if (unfinishedBytes <= unfinishedBytesMax) return;
    oldest.hasGivenWay = true;
    forget(oldest);
  }
}

function forget(body: Unfinished): void {
  unfinished.delete(body);
  unfinishedBytes -= body.kept.length;
  body.kept = new Uint8Array(0);
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
    throw apiFailures.JSON_TOO_DEEP('read', { depthMax });
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
  return apiFailures.JSON_INVALID({ operation: 'read', cause }, { message });
}

function tooLarge(bytesMax: number): PermanentError {
  return apiFailures.BODY_TOO_LARGE('read', { bytesMax });
}

function tooMany(): TransientError {
  return apiFailures.BODIES_TOO_MANY({ operation: 'read', retryAfterMs: 1_000 });
}
