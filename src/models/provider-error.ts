import { spokenDurationMs } from '../stdx/text/spoken-duration.ts';
import { jsonDepth, jsonDepthMax } from './json-object.ts';

// A provider's error message in a response body, in any of the known envelopes.

export interface ProviderError {
  /** `type` and `code` of the envelope, if they are words. */
  words: string[];
  /** A numeric `code`: some relays put the provider's HTTP status there. */
  status: number | null;
  message: string;
  /** Gemini does not send `retry-after`: its delay is in the details of the error. */
  retryDelayMs?: number;
}

const noError: ProviderError = { words: [], status: null, message: '' };

/** The object in a body; null for anything else, including too deep nesting. */
export function parseBody(text: string): Record<string, unknown> | null {
  if (jsonDepth(text) > jsonDepthMax) {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // Not JSON is a valid result here: the caller says what it expected.
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
    ...retryDelayIn(source.details),
  };
}

/** The caller has its own deadlines, and a timer overflows at 24.8 days. */
const retryDelayMsMax = 24 * 60 * 60 * 1_000;

function retryDelayIn(details: unknown): Pick<ProviderError, 'retryDelayMs'> {
  const given = Array.isArray(details) ? details.filter(isObject).map(({ retryDelay }) => retryDelay) : [];
  const text = given.find((each) => typeof each === 'string');
  const retryDelayMs = text === undefined ? undefined : spokenDurationMs(text);
  return retryDelayMs === undefined
    ? {}
    : { retryDelayMs: Math.min(retryDelayMsMax, Math.ceil(retryDelayMs)) };
}

/** A failure with status 200, as relays send it after their headers are out. */
export function isErrorBody(body: Record<string, unknown>): boolean {
  const error = body.error;
  return typeof error === 'string' ? error !== '' : isObject(error);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
