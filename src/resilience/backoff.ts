// How long to wait before the next try. The cap comes before the jitter, so that capped delays are spread too.
import type { Random } from '../stdx/random.ts';

/** Half-width of the jitter, as a share of the delay (R-REC-1: ±25 %). */
const jitterShare = 0.25;

/** A growing delay, or a list of delays whose last one is repeated. */
export type Backoff =
  | { baseMs: number; multiplier: number; maxMs: number }
  | { delaysMs: readonly [number, ...number[]] };

export const defaultBackoff = { baseMs: 100, multiplier: 2, maxMs: 30_000 } as const satisfies Backoff;

/** The delay before the retry with this index, from 0: at most a quarter more than the cap. */
export function backoffMs(backoff: Backoff, retryIndex: number, random: Random): number {
  return withJitter(cappedMs(backoff, retryIndex), random);
}

function cappedMs(backoff: Backoff, retryIndex: number): number {
  if ('delaysMs' in backoff) return backoff.delaysMs[retryIndex] ?? backoff.delaysMs.at(-1) ?? 0;
  // Infinite growth times 0 must not become NaN.
  const growth = Math.min(backoff.multiplier ** retryIndex, Number.MAX_VALUE);
  return Math.min(backoff.baseMs * growth, backoff.maxMs);
}

/** Spreads a delay evenly over ±25 %, including a capped one. */
export function withJitter(delayMs: number, random: Random): number {
  return delayMs * (1 - jitterShare + 2 * jitterShare * random());
}
