// Finds with which other changes a change is red, in few runs (R-GREEN-11). Pure but for the runs that it asks for.

/** Undefined: that run says nothing, for example because the machine failed. */
export type IsRed<Other> = (others: readonly Other[], withOurs: boolean) => Promise<boolean | undefined>;

export type RedSet<Other> =
  /** `others` are red with ours, and each is needed. If not `isSmallest`, earlier ones may be needed too. */
  | { is: 'ours'; others: readonly Other[]; isSmallest: boolean }
  /** They are red without ours. */
  | { is: 'not ours' }
  /** A run said nothing: nobody is blamed. */
  | { is: 'unknown' };

/** The most runs after the first red one. */
export function runsMax(count: number): number {
  return Math.ceil(Math.log2(Math.max(1, count))) + 1;
}

/**
 * Call it if ours with all `others` is red, and ours alone is green. `hasRun` tells whether the last answer needed a run:
 * a result that is known costs nothing.
 */
export async function smallestRedSet<Other>(
  others: readonly Other[],
  isRed: IsRed<Other>,
  hasRun: () => boolean,
): Promise<RedSet<Other>> {
  let runsLeft = runsMax(others.length);
  const ask = async (some: readonly Other[], withOurs: boolean) => {
    const red = await isRed(some, withOurs);
    if (hasRun()) runsLeft -= 1;
    return red;
  };
  const without = await ask(others, false);
  if (without !== false) return without ? { is: 'not ours' } : { is: 'unknown' };
  const needed: Other[] = [];
  // Those before the last one found: with them, `needed` and ours it is red.
  let before = others;
  for (;;) {
    let [green, red] = [needed.length === 0 ? 0 : -1, before.length];
    while (red - green > 1) {
      if (runsLeft <= 0) return { is: 'ours', others: needed, isSmallest: false };
      // First whether those found are enough.
      const middle = green === -1 ? 0 : Math.floor((green + red) / 2);
      const answer = await ask([...before.slice(0, middle), ...needed], true);
      if (answer === undefined)
        return needed.length === 0 ? { is: 'unknown' } : { is: 'ours', others: needed, isSmallest: false };
      if (answer) red = middle;
      else green = middle;
    }
    const last = before[red - 1];
    if (last === undefined) return { is: 'ours', others: needed, isSmallest: true };
    needed.unshift(last);
    before = before.slice(0, red - 1);
    if (before.length === 0) return { is: 'ours', others: needed, isSmallest: true };
  }
}
