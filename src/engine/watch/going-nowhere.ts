// Whether a run goes in circles: the same failure again, and nothing new tried against it (R-REC-9). Pure.

/** The result of one refinement cycle. */
export interface Cycle {
  /** Identifies the failure: equal for equal failures; null if the cycle did not get as far as a failure. */
  fingerprint: string | null;
  /** Equal only for failures with the same words and numbers; null like `fingerprint`. */
  words: string | null;
  /** The check or the step that failed. */
  failedAt: string | null;
  /** What the model proposed; null for an agent that writes code itself. */
  proposal: string | null;
  /** The git tree of the resulting files; null if there was no result. */
  tree: string | null;
}

/**
 * `cycles` is oldest first; the newest one has just failed. Returns why another cycle is pointless; null if
 * it may bring something new. If `equalFailuresMax` changes in a row failed with the same words, none of them
 * has made progress.
 */
export function isGoingNowhere(cycles: readonly Cycle[], equalFailuresMax: number): string | null {
  const newest = cycles.at(-1);
  if (!newest?.fingerprint) return null;
  const earlier = cycles.slice(0, -1);
  // Whatever the failure is, the same proposal has been tried before.
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
