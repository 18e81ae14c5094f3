// One change over several repositories: when all members may publish, and what each one waits for. Pure.
import { z } from 'zod';
import type { GroupDecision, GroupMember } from '../group.ts';

/** How much a prompt contains of the patches of all earlier members together. */
export const jointPatchBytesMax = 40_000;

/** It is at work again if a person has sent it a message since it passed. */
export function hasPassed({ result, status, step }: GroupMember): boolean {
  return result === 'passed' && status === 'in_progress' && step === 'creating_pr';
}

/** Null if it is not decided yet. */
export function decideJoint(members: readonly GroupMember[]): GroupDecision | null {
  const cancelled = members.find(({ isCancelled }) => isCancelled);
  if (cancelled)
    return {
      outcome: 'cancelled',
      kept: null,
      because: `the change of ${cancelled.project} was cancelled before it`,
    };
  return members.every(hasPassed)
    ? { outcome: 'published', kept: null, because: 'all have passed their checks' }
    : null;
}

/** What a member at this step waits for: empty if it may continue. */
export function waitsFor(
  { number, step, pullRequestUrl }: Pick<GroupMember, 'number' | 'step' | 'pullRequestUrl'>,
  members: readonly GroupMember[],
  isDecided: boolean,
): GroupMember[] {
  if (pullRequestUrl !== null) return [];
  const earlier = members.filter((member) => member.number < number);
  if (step === 'creating_pr')
    return !isDecided
      ? members.filter((member) => member.number !== number && !hasPassed(member))
      : earlier.filter((member) => member.pullRequestUrl === null);
  const isBeforeWork = step === null || step === 'routing';
  return isBeforeWork && !isDecided ? earlier.filter((member) => !hasPassed(member)) : [];
}

/**
 * After the decision: a member that is cancelled before its pull request, or whose pull request is closed, takes with it
 * all others that have none.
 */
export function isCutOff(members: readonly GroupMember[]): boolean {
  return members.some(
    ({ isCancelled, isClosed, pullRequestUrl }) => isCancelled && (isClosed || pullRequestUrl === null),
  );
}

/** The changes of earlier members, by their numbers: the trees that a prompt was made from. */
export const shownTreesSchema = z.record(z.string(), z.string()).readonly();
export type ShownTrees = z.infer<typeof shownTreesSchema>;

export function treesBefore(number: number, members: readonly GroupMember[]): ShownTrees {
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
  members: readonly GroupMember[],
  since: Date | null,
): boolean {
  return members.some(
    (member) =>
      member.number < number &&
      member.settledAt !== null &&
      member.treeSha !== shown[member.number] &&
      (since === null || member.settledAt > since),
  );
}
