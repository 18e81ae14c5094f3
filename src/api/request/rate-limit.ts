// Limits how often each caller may come: a token bucket per caller. The limit applies to this process, so two servers
// admit twice as many requests.

import type { TransientError } from '../../domain/failure.ts';
import { apiFailures } from '../failure-catalogue.ts';
import { plainAddress } from './address-list.ts';

export interface Rate {
  perSecond: number;
  /** The number of requests that a caller may send at the same time after a pause. */
  burst: number;
}

export interface RateLimit {
  /** @throws `RATE_LIMITED`, with the time to wait */
  take(who: string): void;
}

/** Maximum number of known callers: a caller that is forgotten starts with a full bucket again. */
const knownMax = 10_000;

/** @param nowMs - a clock that never goes backwards */
export function createRateLimit(rate: Rate, nowMs: () => number = () => performance.now()): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(who) {
      const now = nowMs();
      const before = buckets.get(who) ?? { left: rate.burst, atMs: now };
      const left = Math.min(rate.burst, before.left + ((now - before.atMs) / 1_000) * rate.perSecond);
      // The most recent caller is forgotten last.
      buckets.delete(who);
      buckets.set(who, { left: left < 1 ? left : left - 1, atMs: now });
      const [oldest] = buckets.keys();
      if (buckets.size > knownMax && oldest !== undefined) buckets.delete(oldest);
      if (left < 1) throw limited(((1 - left) / rate.perSecond) * 1_000);
    },
  };
}

/** An owner of one IPv6 address usually owns 2^64 of them, so their network counts as one. */
export function networkOf(address: string | undefined): string {
  const plain = plainAddress(address ?? 'unknown');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = (tail ?? '').split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - rest.length;
  return [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...rest].slice(0, 4).join(':');
}

export function limited(retryAfterMs: number): TransientError {
  return apiFailures.RATE_LIMITED({ operation: 'admit', retryAfterMs });
}
