// What Moose knows about a pull request when it decides, from the rows. Pure.

import type { PullRequestRow } from '../../store/work/pull-requests.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import { isGoingNowhere } from '../watch/going-nowhere.ts';
import { type CiFailure, type Followed, noChecksSince } from './followed.ts';
import type { Known } from './next-of-facts.ts';

export function knownOf(
  row: PullRequestRow,
  order: WorkOrder,
  followed: Followed,
  /** The failure that this look has found, if CI is red. */
  found: CiFailure | null,
  {
    headSha,
    pushedSha,
    equalFailuresMax,
    parent,
    follows,
    acceptedBy,
    now,
  }: {
    headSha: string;
    pushedSha: string;
    equalFailuresMax: number;
    parent: Known['parent'];
    follows: string | null;
    acceptedBy: string | null;
    now: Date;
  },
): Known {
  const { mergeRefused } = followed;
  return {
    order: standingOf(order),
    isHeld: order.heldBy !== null || order.parkedAt !== null,
    pushedSha,
    pushedAtMs: (row.pushedAt ?? row.createdAt).getTime(),
    noChecksSinceMs: Date.parse(noChecksSince(followed, row, { sha: headSha, now }).at),
    cyclesLeft: order.refinementCyclesMax - order.refinementCycles,
    goingNowhere: found === null ? null : nowhere(followed, found, equalFailuresMax),
    reruns: followed.reruns
      .filter(({ sha }) => sha === headSha)
      .map(({ at, ...rerun }) => ({ ...rerun, atMs: Date.parse(at) })),
    queuedAtMs: row.mergeQueuedAt?.getTime() ?? null,
    mergeRefused:
      mergeRefused?.sha === headSha ? { ...mergeRefused, atMs: Date.parse(mergeRefused.at) } : null,
    queued: followed.queued,
    updates: followed.updates,
    restacks: followed.restacks,
    parent,
    follows,
    acceptedBy,
    wasInConflict: row.mergeable === false,
  };
}

export function standingOf({ status, step }: Pick<WorkOrder, 'status' | 'step'>): Known['order'] {
  if (step !== 'awaiting_ci') return 'other';
  if (status === 'in_progress') return 'waiting';
  return status === 'needs_review' ? 'asked' : 'other';
}

/** CI failures are judged like failures of the project's own checks, over all runs of the work order. */
function nowhere({ failures }: Followed, found: CiFailure, equalFailuresMax: number): string | null {
  const earlier = failures.filter(({ sha }) => sha !== found.sha);
  const cycles = [...earlier, found].map(({ tree, fingerprint, words, failedAt }) => ({
    tree,
    fingerprint,
    words,
    failedAt,
    proposal: null,
  }));
  return isGoingNowhere(cycles, equalFailuresMax);
}
