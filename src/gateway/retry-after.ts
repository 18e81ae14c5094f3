import type { IncomingHttpHeaders } from 'node:http';

/** A longer wait is cut to this: callers have their own deadlines. */
const retryAfterMsMax = 24 * 60 * 60 * 1_000;

/**
 * What a provider asks for: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3); null if
 * absent.
 */
export function retryAfterMsOf(headers: IncomingHttpHeaders, now: Date): number | null {
  const exactMs = numberIn(headers['retry-after-ms']);
  if (exactMs !== null) return clamp(exactMs);
  const value = headers['retry-after'];
  const seconds = numberIn(value);
  if (seconds !== null) return clamp(seconds * 1_000);
  // `Date.parse` takes '-5' for a day in May.
  const at = value?.endsWith('GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : clamp(at - now.getTime());
}

function numberIn(value: string | string[] | undefined): number | null {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : null;
}

function clamp(delayMs: number): number {
  return Math.min(retryAfterMsMax, Math.max(0, Math.ceil(delayMs)));
}
