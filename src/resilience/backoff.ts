// How long to wait before the next try. The cap comes before the jitter, so that delays at the cap are spread too.
import type { Random } from '../stdx/random.ts';

/** Half-width of the jitter, as a share of the delay (R-REC-1: ±25 %). */
const jitterShare = 0.25;

/** A row that grows, or delays that were written down one by one, of which the last one is repeated. */
export type Backoff =
  | { baseMs: number; multiplier: number; maxMs: number }
  | { delaysMs: readonly [number, ...number[]] };

export const defaultBackoff = { baseMs: 100, multiplier: 2, maxMs: 30_000 } as const satisfies Backoff;

/** Before the retry with this index, from 0: at most a quarter more than the cap. */
export function backoffMs(backoff: Backoff, retryIndex: number, random: Random): number {
  return withJitter(cappedMs(backoff, retryIndex), random);
}

function cappedMs(backoff: Backoff, retryIndex: number): number {
  if ('delaysMs' in backoff) return backoff.delaysMs[retryIndex] ?? backoff.delaysMs.at(-1) ?? 0;
  // Growth beyond all numbers stays a number: 0 × ∞ would be none.
  const growth = Math.min(backoff.multiplier ** retryIndex, Number.MAX_VALUE);
  return Math.min(backoff.baseMs * growth, backoff.maxMs);
}

/** Spreads a delay evenly over ±25 %; a delay that was capped before this is spread too. */
export function withJitter(delayMs: number, random: Random): number {
  return delayMs * (1 - jitterShare + 2 * jitterShare * random());
}
