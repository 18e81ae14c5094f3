// Whether a run goes in circles: the same failure again, and nothing new tried against it (R-REC-9). Pure.

/** One refinement cycle, as it came out. */
export interface Cycle {
  /** What failed: the same for the same failure; null where the cycle did not come to a failure. */
  fingerprint: string | null;
  /** The same only where it failed with the same words and numbers; null like `fingerprint`. */
  words: string | null;
  /** The check or the step that said so. */
  failedAt: string | null;
  /** What the model proposed; null for an agent that writes code itself. */
  proposal: string | null;
  /** The tree of files that came of it; null where nothing did. */
  tree: string | null;
}

/**
 * `cycles`, the oldest first; the newest is the one that has just failed. Null: another cycle may bring something new.
 * After `equalFailuresMax` changes in a row that failed with the same words, none of them has come closer.
 */
export function isGoingNowhere(cycles: readonly Cycle[], equalFailuresMax: number): string | null {
  const newest = cycles.at(-1);
  if (!newest?.fingerprint) return null;
  const earlier = cycles.slice(0, -1);
  // Whatever it fails at: the same answer to the same question has been tried.
  const sameProposal = earlier.findIndex(({ proposal }) => proposal !== null && proposal === newest.proposal);
  if (sameProposal >= 0)
    return `The model repeats its proposal from cycle ${sameProposal + 1} word for word, and that one failed.`;
  const before = earlier.at(-1);
  const isSameFailure = before?.fingerprint === newest.fingerprint && before.failedAt === newest.failedAt;
  if (!isSameFailure) return null;
  const sameTree = earlier.findIndex(({ tree }) => tree !== null && tree === newest.tree);
  if (sameTree >= 0)
    return `${newest.failedAt} fails in the same way twice in a row, and the files are the same as in cycle ${sameTree + 1}.`;
  const last = cycles.slice(-equalFailuresMax);
  const isEqual = ({ words, failedAt }: Cycle) => words === newest.words && failedAt === newest.failedAt;
  if (last.length === equalFailuresMax && newest.words !== null && last.every(isEqual))
    return `${newest.failedAt}: ${equalFailuresMax} different changes in a row failed with the same message.`;
  return null;
}
