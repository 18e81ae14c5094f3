// How long the other side of an HTTP call asks to wait (RFC 9110, 10.2.3).

/** The headers that are read: `retry-after`, in seconds or as a date, and the more precise `retry-after-ms`. */
export type RetryAfterHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A longer wait is capped at this: the caller has its own deadlines, and a timer overflows at 24.8 days. */
const dayMs = 24 * 60 * 60 * 1_000;

export function readRetryAfterMs(headers: RetryAfterHeaders, now: Date, maxMs = dayMs): number | undefined {
  const delayMs = numberIn(headers['retry-after-ms']) ?? secondsOrDate(headers['retry-after'], now);
  return delayMs === undefined ? undefined : Math.min(maxMs, Math.max(0, Math.ceil(delayMs)));
}

function numberIn(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function secondsOrDate(value: string | string[] | undefined, now: Date): number | undefined {
  const seconds = numberIn(value);
  if (seconds !== undefined) return seconds * 1_000;
  // By itself, `Date.parse` would read '-5' as a day in May.
  const at = typeof value === 'string' && value.trim().endsWith('GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at - now.getTime();
}
