import { jsonDepth, jsonDepthMax } from './json-object.ts';

// What a provider says in the body of a failure, whichever of the known envelopes it comes in.

export interface ProviderError {
  /** `type` and `code` of the envelope, as far as they are words. */
  words: string[];
  /** A `code` that is a number: some relays put the HTTP status of the provider behind them there. */
  status: number | null;
  message: string;
}

const noError: ProviderError = { words: [], status: null, message: '' };

/** The object a body holds; null for anything else, too deep a nesting included. */
export function parseBody(text: string): Record<string, unknown> | null {
  if (jsonDepth(text) > jsonDepthMax) {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // Not JSON is an answer here: the caller says what was expected in its place.
    return null;
  }
}

/** Knows `{error: {type, code, message}}`, `{error: '…'}`, `{message}` and `{detail}`. */
export function readProviderError(body: Record<string, unknown> | null): ProviderError {
  if (body === null) {
    return noError;
  }
  const error = body.error;
  if (typeof error === 'string') {
    return { ...noError, message: error };
  }
  const source = isObject(error) ? error : body;
  const { type, code, message, detail } = source;
  return {
    words: [type, code].filter((word) => typeof word === 'string'),
    status: typeof code === 'number' ? code : null,
    message: [message, detail].find((text) => typeof text === 'string') ?? '',
  };
}

/** A failure that came with status 200, as relays send it once their headers are gone. */
export function isErrorBody(body: Record<string, unknown>): boolean {
  const error = body.error;
  return typeof error === 'string' ? error !== '' : isObject(error);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
