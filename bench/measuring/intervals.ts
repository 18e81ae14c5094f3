// Time intervals, and how much of one is covered by others. Instants are milliseconds since the epoch, with fractions,
// so that those of two processes on one machine can be compared. Pure, except for the clock.

export interface Interval {
  startMs: number;
  endMs: number;
}

/** More precise than `Date.now()`, and comparable between processes that were started at about the same time. */
export function instantMs(): number {
  return performance.timeOrigin + performance.now();
}

export function lengthMs(intervals: readonly Interval[]): number {
  return intervals.reduce((total, { startMs, endMs }) => total + endMs - startMs, 0);
}

/** The same time without overlaps, in order. */
export function union(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const { startMs, endMs } of intervals.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = merged.at(-1);
    if (last && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else if (endMs > startMs) merged.push({ startMs, endMs });
  }
  return merged;
}

/** The time that is in `from` and in none of `taken`. */
export function minus(from: readonly Interval[], taken: readonly Interval[]): Interval[] {
  let left = union(from);
  for (const { startMs, endMs } of taken) {
    left = left.flatMap((one) => [
      { startMs: one.startMs, endMs: Math.min(one.endMs, startMs) },
      { startMs: Math.max(one.startMs, endMs), endMs: one.endMs },
    ]);
    left = left.filter((one) => one.endMs > one.startMs);
  }
  return left;
}

/**
 * Assigns each instant of `whole` to the first of `kinds` that covers it, so that overlaps count only once. `rest`: the
 * time that none of them covers. In milliseconds.
 */
export function partition<K extends string>(
  whole: Interval,
  kinds: ReadonlyArray<readonly [K, readonly Interval[]]>,
): Record<K | 'rest', number> {
  let left: Interval[] = [whole];
  const parts: Partial<Record<K | 'rest', number>> = {};
  for (const [kind, intervals] of kinds) {
    const after = minus(left, union(intervals));
    parts[kind] = lengthMs(left) - lengthMs(after);
    left = after;
  }
  parts.rest = lengthMs(left);
  return parts as Record<K | 'rest', number>;
}
