// Parses the body of a request as an object within limits, or says what is wrong with it.
import { badRequest } from './feature.ts';
import { type JsonText, readJsonText } from './json-text.ts';
import { headerOf } from './sent-headers.ts';
import type { Refusal, WireRequest } from './wire.ts';

export function readBody(request: WireRequest): JsonText | { refusal: Refusal } {
  const encoding = headerOf(request.headers, 'content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    return badRequest(
      `is compressed (${JSON.stringify(encoding.slice(0, 20))}), which the gateway does not read`,
    );
  }
  const text = readJsonText(request.body);
  return 'problem' in text ? badRequest(text.problem) : text;
}

const modelCharsMax = 200;

/** @returns null if the value is not a model name */
export function modelOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length === 0 || value.length > modelCharsMax) return null;
  return /^[\x21-\x7e]+$/.test(value) ? value : null;
}
