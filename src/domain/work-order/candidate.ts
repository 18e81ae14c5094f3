// Several candidates for the same work: by what they are ranked, and when it is decided which one is kept. Pure.
import type { GroupDecision, GroupMember } from '../group.ts';

/** From the first candidate that passed on, the others are waited for at most this long. */
export const candidateWaitMsMax = 2 * 60 * 60_000;

interface Criterion {
  /** Why the better one is kept, as a clause about it. */
  better(other: string): string;
  /** The smaller, the better. */
  of(candidate: GroupMember): number | bigint;
}

/** All have passed. The first criterion by which two differ decides. */
const criteria: readonly Criterion[] = [
  {
    better: (other) => `its checks have judged it, those of ${other} have not`,
    of: ({ facts }) => Number(!facts?.is_verified),
  },
  {
    better: (other) => `the review has fewer findings than in ${other}`,
    of: ({ facts }) => facts?.warnings ?? 0,
  },
  {
    better: (other) => `it needed fewer refinement cycles than ${other}`,
    of: ({ refinementCycles }) => refinementCycles,
  },
  { better: (other) => `it changes fewer lines than ${other}`, of: ({ facts }) => facts?.changed_lines ?? 0 },
  { better: (other) => `it cost less than ${other}`, of: ({ costNanoUsd }) => costNanoUsd },
  { better: (other) => `it passed earlier than ${other}`, of: ({ settledAt }) => settledAt?.getTime() ?? 0 },
  { better: (other) => `it equals ${other}, and comes first`, of: ({ number }) => number },
];

/** Best first. */
export function rankCandidates(candidates: readonly GroupMember[]): GroupMember[] {
  return [...candidates].sort((a, b) => {
    const decides = criterionBetween(a, b);
    return decides !== undefined && decides.of(a) < decides.of(b) ? -1 : 1;
  });
}

function criterionBetween(a: GroupMember, b: GroupMember): Criterion | undefined {
  return criteria.find(({ of }) => of(a) !== of(b));
}

/** Null: the candidates at work can still change the result. */
export function decideCandidates(candidates: readonly GroupMember[], now: Date): GroupDecision | null {
  const atWork = candidates.filter(({ state }) => state === 'at_work');
  const [best, second] = rankCandidates(candidates.filter(({ state }) => state === 'passed'));
  if (best === undefined) return atWork.length > 0 ? null : nonePassed(candidates);
  const why = atWork.length === 0 ? '' : whyNow(best, atWork, candidates, now);
  if (why === null) return null;
  return { outcome: 'kept', kept: best, because: `${whyBest(best, second)}${why}` };
}

function whyBest(best: GroupMember, second: GroupMember | undefined): string {
  const decides = second && criterionBetween(best, second)?.better(`candidate ${second.number}`);
  return `Candidate ${best.number} is kept: ${decides ?? 'no other has passed'}`;
}

/** Null if the others may still win, or read a message first. Cycles and time only grow. */
function whyNow(
  best: GroupMember,
  atWork: readonly GroupMember[],
  candidates: readonly GroupMember[],
  now: Date,
): string | null {
  const isAhead = best.facts?.is_verified === true && best.facts.warnings === 0;
  const isBehind = ({ refinementCycles, hasUnread }: GroupMember) =>
    refinementCycles > best.refinementCycles && !hasUnread;
  if (isAhead && atWork.every(isBehind)) return '; the others already need more refinement cycles';
  const passedAt = candidates.flatMap(({ state, settledAt }) =>
    state === 'passed' && settledAt ? [settledAt.getTime()] : [],
  );
  const isLate = now.getTime() - Math.min(...passedAt) >= candidateWaitMsMax;
  return isLate ? `; the others did not end within ${candidateWaitMsMax / 3_600_000} h after it` : null;
}

/** The failed candidate that came furthest asks a person, because it has the least work left. */
function nonePassed(candidates: readonly GroupMember[]): GroupDecision {
  const failed = candidates.filter(({ state }) => state === 'failed');
  const [asks] = failed.toSorted(
    (a, b) =>
      b.stepsReached - a.stepsReached ||
      a.refinementCycles - b.refinementCycles ||
      (a.costNanoUsd < b.costNanoUsd ? -1 : 1),
  );
  if (asks === undefined)
    return { outcome: 'given_up', kept: null, because: 'Every candidate was cancelled' };
  const count = failed.length === 1 ? 'the only one left' : `each of ${failed.length}`;
  return { outcome: 'none_passed', kept: asks, because: `No candidate has passed: ${count} failed` };
}
