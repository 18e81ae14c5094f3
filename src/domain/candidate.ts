// Several candidates for the same work: by what they are ranked, and when it is decided which one is kept. Pure.
import type { FailureCategory, FailureClass, MooseErrorFields } from './failure.ts';
import type { WorkOrderId } from './ids.ts';

export const candidateLimits = {
  min: 2,
  max: 5,
  /** From the first candidate that passed on, the others are waited for at most this long. */
  waitMsMax: 2 * 60 * 60_000,
} as const;

export const candidateResults = ['passed', 'failed'] as const;
export type CandidateResult = (typeof candidateResults)[number];
export const candidateOutcomes = ['kept', 'none_passed', 'given_up'] as const;
export type CandidateOutcome = (typeof candidateOutcomes)[number];

/** Where a work order is among the candidates. */
export interface CandidatePlace {
  group: WorkOrderId;
  number: number;
  of: number;
}

export interface CandidateFacts {
  /** Whether its checks have judged the change; a project without checks has no verified candidate. */
  is_verified: boolean;
  /** Findings of the review that are still in the change. */
  warnings: number;
  /** Lines that the change adds or removes. */
  changed_lines: number;
}

/** A failure that waits for the decision about the group, stored so that the run can ask a person later. */
export interface CandidateFailure
  extends Omit<MooseErrorFields, 'cause' | 'workOrderId' | 'type' | 'recoverability' | 'retryable'> {
  category: FailureCategory;
  failureClass: FailureClass;
  /** The number of the run that has failed: a later run has not. */
  run: number;
  because: string;
  isExhausted: boolean;
}

export interface Candidate {
  id: WorkOrderId;
  number: number;
  /** `over`: it is cancelled, or its cancellation is requested. */
  state: CandidateResult | 'at_work' | 'over';
  facts: CandidateFacts | null;
  /** How many steps it has reached. */
  stepsReached: number;
  refinementCycles: number;
  costNanoUsd: bigint;
  settledAt: Date | null;
  /** A person has sent a message that no prompt has contained yet. */
  hasUnread: boolean;
}

interface Criterion {
  /** Why the better one is kept, as a clause about it. */
  better(other: string): string;
  /** The smaller, the better. */
  of(candidate: Candidate): number | bigint;
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
export function rankCandidates(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => {
    const decides = criterionBetween(a, b);
    return decides !== undefined && decides.of(a) < decides.of(b) ? -1 : 1;
  });
}

function criterionBetween(a: Candidate, b: Candidate): Criterion | undefined {
  return criteria.find(({ of }) => of(a) !== of(b));
}

export interface CandidateDecision {
  outcome: CandidateOutcome;
  /** The candidate that continues, or that asks a person; null if none is left. */
  kept: Candidate | null;
  /** A sentence without its full stop. */
  because: string;
}

/** Null: the candidates at work can still change the result. */
export function decideCandidates(candidates: readonly Candidate[], now: Date): CandidateDecision | null {
  const atWork = candidates.filter(({ state }) => state === 'at_work');
  const [best, second] = rankCandidates(candidates.filter(({ state }) => state === 'passed'));
  if (best === undefined) return atWork.length > 0 ? null : nonePassed(candidates);
  const why = atWork.length === 0 ? '' : whyNow(best, atWork, candidates, now);
  if (why === null) return null;
  return { outcome: 'kept', kept: best, because: `${whyBest(best, second)}${why}` };
}

function whyBest(best: Candidate, second: Candidate | undefined): string {
  const decides = second && criterionBetween(best, second)?.better(`candidate ${second.number}`);
  return `Candidate ${best.number} is kept: ${decides ?? 'no other has passed'}`;
}

/** Null if the others may still win, or read a message first. Cycles and time only grow. */
function whyNow(
  best: Candidate,
  atWork: readonly Candidate[],
  candidates: readonly Candidate[],
  now: Date,
): string | null {
  const isAhead = best.facts?.is_verified === true && best.facts.warnings === 0;
  const isBehind = ({ refinementCycles, hasUnread }: Candidate) =>
    refinementCycles > best.refinementCycles && !hasUnread;
  if (isAhead && atWork.every(isBehind)) return '; the others already need more refinement cycles';
  const passedAt = candidates.flatMap(({ state, settledAt }) =>
    state === 'passed' && settledAt ? [settledAt.getTime()] : [],
  );
  const isLate = now.getTime() - Math.min(...passedAt) >= candidateLimits.waitMsMax;
  return isLate
    ? `; the others did not end within ${candidateLimits.waitMsMax / 3_600_000} h after it`
    : null;
}

/** The failed candidate that came furthest asks a person, because it has the least work left. */
function nonePassed(candidates: readonly Candidate[]): CandidateDecision {
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
