import type { Random } from '../stdx/random.ts';

/** Half-width of the jitter, as a share of the delay (R-REC-1: ±25 %). */
const jitterShare = 0.25;

/** Spreads a delay evenly over ±25 %; a delay that was capped before this is spread too. */
export function withJitter(delayMs: number, random: Random): number {
  return delayMs * (1 - jitterShare + 2 * jitterShare * random());
}
