// One change over several repositories: when all members may publish, and what each one waits for. Pure.
import type { WorkOrderId } from './ids.ts';
import type { Status, Step } from './transitions.ts';

/** `patchBytesMax`: how much a prompt contains of the patches of all earlier members together. */
export const jointLimits = { min: 2, max: 5, patchBytesMax: 40_000 } as const;

/** The members follow each other by their numbers, from 1. */
export interface JointPlace {
  /** The ID of the first work order. */
  group: WorkOrderId;
  number: number;
  of: number;
}

/** `published`: each opens its pull request. `cancelled`: one was cancelled before it was published, so all were. */
export const jointOutcomes = ['published', 'cancelled'] as const;
export type JointOutcome = (typeof jointOutcomes)[number];

export interface JointMember {
  id: WorkOrderId;
  number: number;
  /** The name of its project. */
  project: string;
  status: Status;
  step: Step | null;
  /** A person cancels it, or it is cancelled. */
  isCancelled: boolean;
  passedAt: Date | null;
  /** The change that passed last; an earlier one if it is at work again. */
  treeSha: string | null;
  pullRequestUrl: string | null;
  /** Its pull request was closed without a merge. */
  isClosed: boolean;
}

export interface JointDecision {
  outcome: JointOutcome;
  because: string;
}

/** It is at work again if a person has sent it a message since it passed. */
export function hasPassed({ passedAt, status, step }: JointMember): boolean {
  return passedAt !== null && status === 'in_progress' && step === 'creating_pr';
}

/** Null if it is not decided yet. */
export function decideJoint(members: readonly JointMember[]): JointDecision | null {
  const cancelled = members.find(({ isCancelled }) => isCancelled);
  if (cancelled)
    return { outcome: 'cancelled', because: `the change of ${cancelled.project} was cancelled before it` };
  return members.every(hasPassed) ? { outcome: 'published', because: 'all have passed their checks' } : null;
}

/** What a member at this step waits for: empty if it may continue. */
export function waitsFor(
  { number, step, pullRequestUrl }: Pick<JointMember, 'number' | 'step' | 'pullRequestUrl'>,
  members: readonly JointMember[],
  outcome: JointOutcome | null,
): JointMember[] {
  if (pullRequestUrl !== null) return [];
  const earlier = members.filter((member) => member.number < number);
  if (step === 'creating_pr')
    return outcome === null
      ? members.filter((member) => member.number !== number && !hasPassed(member))
      : earlier.filter((member) => member.pullRequestUrl === null);
  const isBeforeWork = step === null || step === 'routing';
  return isBeforeWork && outcome === null ? earlier.filter((member) => !hasPassed(member)) : [];
}

/**
 * After the decision: a member that is cancelled before its pull request, or whose pull request is closed, takes with it
 * all others that have none.
 */
export function isCutOff(members: readonly JointMember[]): boolean {
  return members.some(
    ({ isCancelled, isClosed, pullRequestUrl }) => isCancelled && (isClosed || pullRequestUrl === null),
  );
}

/** The changes of earlier members, by their numbers: the trees that a prompt was made from. */
export type ShownTrees = Readonly<Record<string, string>>;

export function treesBefore(number: number, members: readonly JointMember[]): ShownTrees {
  return Object.fromEntries(
    members.flatMap((member) =>
      member.number < number && member.treeSha !== null ? [[String(member.number), member.treeSha]] : [],
    ),
  );
}

/** Whether an earlier member has passed with another change since, as far as `since` is not after that. */
export function isOutdated(
  shown: ShownTrees,
  number: number,
  members: readonly JointMember[],
  since: Date | null,
): boolean {
  return members.some(
    (member) =>
      member.number < number &&
      member.passedAt !== null &&
      member.treeSha !== shown[member.number] &&
      (since === null || member.passedAt > since),
  );
}
