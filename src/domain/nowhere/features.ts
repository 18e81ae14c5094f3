// Numbers from 0 to 1 from the record of a run that help to predict whether it is going nowhere (R-REC-9). Pure.

/** One failed cycle, as recorded. */
export interface AttemptFacts {
  /** Equal only for failures with the same words and numbers; null if the cycle ended before it had a failure. */
  words: string | null;
  /** Equal for failures that differ only in numbers, times and positions. */
  shape: string | null;
  /** How many different lines the failure has. */
  troubleLines: number;
  /** How many checks passed before the first red one. */
  greenChecks: number;
  /** Hashes of the lines that the proposal writes; empty for an agent that writes code itself. */
  editLines: readonly string[];
  /** True if there was no change: the edits were refused, or the agent changed nothing. */
  isEmpty: boolean;
  /** Answers of models in this cycle, and how many of them were useless. */
  answers: number;
  uselessAnswers: number;
}

export interface RunFacts {
  /** Oldest first; the newest one has just failed. */
  attempts: readonly AttemptFacts[];
  cyclesMax: number;
  /** The used share of the money that may be spent without a new verified fact. */
  spentShare: number;
}

export const featureNames = [
  'equalFailures',
  'sameShape',
  'returned',
  'noGain',
  'troubleLeft',
  'worseThanBest',
  'ownEditsUndone',
  'growth',
  'empty',
  'useless',
  'cyclesUsed',
  'spent',
] as const;
export type FeatureName = (typeof featureNames)[number];
export type Features = Readonly<Record<FeatureName, number>>;

/** Counts above this add no information. */
const countMax = 4;
/** A change eight times as long as the first one counts as fully grown. */
const growthDoublings = 3;

export function featuresOf({ attempts, cyclesMax, spentShare }: RunFacts): Features {
  const newest = attempts.at(-1);
  // A cycle without a failed check does not show how much is left to fix.
  const told = attempts.filter(({ words }) => words !== null);
  const [first, last] = [told[0], told.at(-1)];
  if (!newest || !first || !last)
    return Object.fromEntries(featureNames.map((name) => [name, 0])) as Features;
  const sinceGain = cyclesSinceGain(attempts);
  const best = Math.min(...told.map(({ troubleLines }) => troubleLines));
  const answers = sum(attempts.map((one) => one.answers));
  return {
    equalFailures: counted(trailing(attempts, 'words') - 1),
    sameShape: counted(trailing(attempts, 'shape') - 1),
    returned: hasReturned(attempts) ? 1 : 0,
    noGain: counted(sinceGain),
    troubleLeft: last.greenChecks > first.greenChecks ? 0 : ratio(last.troubleLines, first.troubleLines),
    worseThanBest: ratio(last.troubleLines - best, last.troubleLines),
    ownEditsUndone: undoneShare(attempts),
    growth: sinceGain === 0 ? 0 : growthOf(attempts[0]?.editLines.length ?? 0, newest.editLines.length),
    empty: sum(attempts.map(({ isEmpty }) => Number(isEmpty))) / attempts.length,
    useless: ratio(sum(attempts.map((one) => one.uselessAnswers)), answers),
    cyclesUsed: ratio(attempts.length - 1, cyclesMax),
    spent: bounded(spentShare),
  };
}

/**
 * For a cycle that is still running: adds its proposal and calls to the failed cycles before it. Its end is unknown, so
 * all other features are those of the newest failed cycle.
 */
export function featuresUnderWay({ attempts, ...rest }: RunFacts, open: AttemptFacts): Features {
  const failed = featuresOf({ attempts, ...rest });
  const last = attempts.at(-1);
  if (!last) return failed;
  const withOpen = featuresOf({ attempts: [...attempts, { ...last, ...proposedIn(open, last) }], ...rest });
  return {
    ...failed,
    ownEditsUndone: Math.max(failed.ownEditsUndone, withOpen.ownEditsUndone),
    growth: failed.noGain === 0 ? failed.growth : Math.max(failed.growth, withOpen.growth),
    useless: withOpen.useless,
  };
}

function proposedIn({ editLines, answers, uselessAnswers }: AttemptFacts, last: AttemptFacts) {
  return { editLines: editLines.length === 0 ? last.editLines : editLines, answers, uselessAnswers };
}

/** 0 if the newest cycle is the best one: more green checks, or the same number and fewer failures. */
function cyclesSinceGain(attempts: readonly AttemptFacts[]): number {
  let since = 0;
  let best = attempts[0];
  for (const one of attempts.slice(1)) {
    const isGain =
      best !== undefined &&
      !one.isEmpty &&
      one.words !== null &&
      (one.greenChecks > best.greenChecks ||
        (one.greenChecks === best.greenChecks && one.troubleLines < best.troubleLines));
    since = isGain ? 0 : since + 1;
    if (isGain) best = one;
  }
  return since;
}

/** The newest attempts in a row with the same failure. */
function trailing(attempts: readonly AttemptFacts[], mark: 'words' | 'shape'): number {
  const newest = attempts.at(-1)?.[mark] ?? null;
  if (newest === null) return 1;
  const differs = attempts.findLastIndex((one) => one[mark] !== newest);
  return attempts.length - 1 - differs;
}

/** Whether an earlier failure has returned, word for word. */
function hasReturned(attempts: readonly AttemptFacts[]): boolean {
  const newest = attempts.at(-1)?.words ?? null;
  const before = attempts.slice(0, -1);
  const last = before.findLastIndex(({ words }) => words === newest);
  return newest !== null && last >= 0 && last < before.length - 1;
}

/** The share of the newest lines that an earlier change had and the previous one did not. */
function undoneShare(attempts: readonly AttemptFacts[]): number {
  const newest = attempts.at(-1)?.editLines ?? [];
  const previous = new Set(attempts.at(-2)?.editLines ?? []);
  const earlier = new Set(attempts.slice(0, -2).flatMap(({ editLines }) => editLines));
  return ratio(newest.filter((line) => earlier.has(line) && !previous.has(line)).length, newest.length);
}

function growthOf(first: number, newest: number): number {
  return first === 0 || newest <= first ? 0 : bounded(Math.log2(newest / first) / growthDoublings);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const bounded = (value: number) => Math.max(0, Math.min(1, value));
const counted = (count: number) => bounded(count / countMax);
const ratio = (part: number, of: number) => (of <= 0 ? 0 : bounded(part / of));
