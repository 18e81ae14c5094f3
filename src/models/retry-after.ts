import type { IncomingHttpHeaders } from 'node:http';

/** A longer wait is cut to this: callers have their own deadlines, and a timer overflows at 24.8 days. */
export const retryAfterMsMax = 24 * 60 * 60 * 1_000;

/**
 * Milliseconds that the provider asks us to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110,
 * 10.2.3).
 */
export function readRetryAfterMs(headers: IncomingHttpHeaders, now: Date): number | undefined {
  const exactMs = readNumber(headers['retry-after-ms']);
  if (exactMs !== undefined) {
    return clamp(exactMs);
  }
  const value = headers['retry-after'];
  const seconds = readNumber(value);
  if (seconds !== undefined) {
    return clamp(seconds * 1_000);
  }
  // `Date.parse` takes '-5' for a day in May.
  const at = value?.endsWith('GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : clamp(at - now.getTime());
}

function readNumber(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function clamp(delayMs: number): number {
  return Math.min(retryAfterMsMax, Math.max(0, Math.ceil(delayMs)));
}
