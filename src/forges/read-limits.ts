// Reads a host's limits from its answers: what is left, and whether a refusal is due to a limit. Pure.
import type { IncomingHttpHeaders } from 'node:http';
import { readRetryAfterMs, untilResetMs } from '../stdx/http/retry-after.ts';
import type { Sent } from '../stdx/send-once.ts';

export interface ToldLimit {
  total: number;
  remaining: number;
  resetAt: Date;
}

export interface ToldPause {
  /** Null if the host does not say how long: then each pause is longer than the one before. */
  until: Date | null;
  because: string;
}

/** The time by the host's own clock, when it answered. */
export function toldNow({ date }: IncomingHttpHeaders): Date | null {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? null : new Date(at);
}

/** The limit for all calls; a limit for one kind of call (search, GraphQL) is counted on its own. */
export function limitIn(headers: IncomingHttpHeaders, now: Date): ToldLimit | null {
  const resource = headers['x-ratelimit-resource'];
  if (resource !== undefined && resource !== 'core') return null;
  const [total, remaining] = ['limit', 'remaining'].map((name) => countIn(told(headers, name)));
  const resetMs = untilResetMs(told(headers, 'reset'), now);
  if (total === undefined || remaining === undefined || resetMs === undefined) return null;
  // A wrong clock must not cause a pause of years.
  return resetMs < resetMsMax ? { total, remaining, resetAt: new Date(now.getTime() + resetMs) } : null;
}

function told(headers: IncomingHttpHeaders, name: string): string | string[] | undefined {
  return headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`];
}

const resetMsMax = 2 * 60 * 60_000;
const countMax = 2_000_000_000;

function countIn(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,10}$/.test(value)) return undefined;
  return Math.min(Number(value), countMax);
}

const limitWords = /rate limit|abuse detection|too many requests|submitted too quickly|retry later/i;

/** A 403 may be a limit or a lack of rights: only a limit says when to come back, or says that it is one. */
export function pauseIn({ status, headers, body }: Sent, now: Date): ToldPause | null {
  if (status !== 403 && status !== 429) return null;
  const said = body.subarray(0, 4_096).toString('utf8');
  const askedMs = readRetryAfterMs(headers, now);
  const limit = limitIn({ ...headers, 'x-ratelimit-resource': 'core' }, now);
  const isUsedUp = limit?.remaining === 0;
  if (status === 403 && askedMs === undefined && !isUsedUp && !limitWords.test(said)) return null;
  if (askedMs !== undefined)
    return { until: new Date(now.getTime() + askedMs), because: 'the host asked for a pause' };
  if (isUsedUp) return { until: limit.resetAt, because: 'the rate limit is used up' };
  return { until: null, because: 'the host reports a rate limit' };
}
