// How long the other side of an HTTP call asks to wait (RFC 9110, 10.2.3), and until when its limit is used up.
import { spokenDurationMs } from '../text/spoken-duration.ts';

/** `retry-after`, in seconds or as a date, the more precise `retry-after-ms`, and the headers of limits. */
export type RetryAfterHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A longer wait is capped at this: the caller has its own deadlines, and a timer overflows at 24.8 days. */
const dayMs = 24 * 60 * 60 * 1_000;

/** Without `now`, only what does not depend on it is read. A date in the past is 0. */
export function readRetryAfterMs(
  headers: RetryAfterHeaders,
  now: Date | undefined,
  maxMs = dayMs,
): number | undefined {
  const delayMs = numberIn(headers['retry-after-ms']) ?? secondsOrDate(headers['retry-after'], now);
  return delayMs === undefined ? undefined : Math.min(maxMs, Math.max(0, Math.ceil(delayMs)));
}

/**
 * The wait until the limits reset of which nothing remains, such as `x-ratelimit-remaining: 0` with `x-ratelimit-reset`.
 * Providers name a limit before or after these words: `x-ratelimit-reset-requests`, `anthropic-ratelimit-tokens-reset`.
 */
export function readLimitResetMs(
  headers: RetryAfterHeaders,
  now: Date | undefined,
  maxMs = dayMs,
): number | undefined {
  const waits = Object.entries(headers).flatMap(([name, remaining]) => {
    if (!/ratelimit-.{0,40}remaining/.test(name) || numberIn(remaining) !== 0) return [];
    return untilResetMs(headers[name.replace('remaining', 'reset')], now) ?? [];
  });
  return waits.length === 0 ? undefined : Math.min(maxMs, Math.max(0, ...waits.map(Math.ceil)));
}

/** From here, a number is the time since 1970 in seconds, and not the seconds that are left; from there, milliseconds. */
const epochSecondsMin = 1e9;
const epochMsMin = 1e12;

/** Reads seconds, a duration or a time. A reset in the past is 0. */
export function untilResetMs(
  value: string | string[] | undefined,
  now: Date | undefined,
): number | undefined {
  if (typeof value !== 'string') return undefined;
  const number = numberIn(value);
  if (number === undefined)
    return spokenDurationMs(value) ?? untilMs(timeIn(value) ?? dateIn(value, now), now);
  if (number < epochSecondsMin) return number * 1_000;
  return untilMs(number < epochMsMin ? number * 1_000 : number, now);
}

function numberIn(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function secondsOrDate(value: string | string[] | undefined, now: Date | undefined): number | undefined {
  const seconds = numberIn(value);
  if (seconds !== undefined) return seconds * 1_000;
  return typeof value === 'string' ? untilMs(dateIn(value, now), now) : undefined;
}

function untilMs(at: number | undefined, now: Date | undefined): number | undefined {
  return at === undefined || now === undefined ? undefined : Math.max(0, at - now.getTime());
}

/**
 * The forms of RFC 9110, 5.6.7: the one in use, that of RFC 850, and that of asctime. By itself, `Date.parse` would read
 * '-5' as a day in May.
 */
const fixDate = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const rfc850Date = /^[A-Z][a-z]{5,8}, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/;
const yearsAheadMax = 50;

/** The time that an HTTP date says, in milliseconds since 1970. The century of a short year depends on `now`. */
export function dateIn(value: string, now?: Date): number | undefined {
  const text = value.trim();
  if (fixDate.test(text)) return parsed(text);
  const asctime = asctimeDate.exec(text);
  if (asctime) return parsed(`${asctime[2]} ${asctime[1]} ${asctime[4]} ${asctime[3]} GMT`);
  const old = rfc850Date.exec(text);
  if (!old || !now) return undefined;
  const century = now.getUTCFullYear() - (now.getUTCFullYear() % 100);
  const year = century + Number(old[3]);
  return parsed(
    `${old[1]} ${old[2]} ${year - now.getUTCFullYear() > yearsAheadMax ? year - 100 : year} ${old[4]} GMT`,
  );
}

/** A time as RFC 3339 writes it. */
function timeIn(value: string): number | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(value.trim())
    ? parsed(value.trim())
    : undefined;
}

function parsed(text: string): number | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
