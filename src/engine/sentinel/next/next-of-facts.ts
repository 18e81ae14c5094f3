// The facts from which `nextOf` decides about a pull request, and its decisions.

import type { Demand, DemandKind } from '../../../domain/forge/demand-words.ts';
import type { Check, ObstacleKind, Verdict } from '../../../domain/forge/forge.ts';
import type { MergePolicy, RerunPolicy, WhenNoChecks } from '../../../domain/forge/merge-policy.ts';
import { namesOf as peopleOf } from '../../../domain/work-order/ground-change.ts';
import type { PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { isGoingNowhere } from '../../watch/going-nowhere.ts';
import { type CiFailure, type Followed, noChecksSince } from './followed.ts';

export interface FollowSettings {
  merge: MergePolicy;
  /** What to do if no check has reported after `noChecksMs`. */
  whenNoChecks: WhenNoChecks;
  noChecksMs: number;
  /** Which failed checks run once more before they count. */
  rerun: RerunPolicy;
}

/** What the forge reports now. */
export interface Seen {
  state: 'open' | 'merged' | 'closed';
  headSha: string;
  /** Null: the forge does not know yet, which does not count as a conflict. */
  mergeable: boolean | null;
  /** According to git, the commit contains the newest commit of its base branch, so it conflicts with nothing. */
  containsBase: boolean;
  /** According to git, its base branch contains the change, whatever the forge shows. */
  isInBase: boolean;
  /** It was merged there, and reverted since. */
  isTakenOut?: boolean;
  verdict: Verdict;
  /** The commit that the checks ran on. */
  verdictSha: string;
  checks: readonly Check[];
  missing: readonly string[];
  /** Why the verdict is `none`; null if nothing has reported. */
  because: string | null;
  /** The names of checks that ran on the base branch, and have not begun on this commit. */
  late: readonly string[];
  /** The names of failed checks that also fail on the base branch. */
  redOnBase: ReadonlySet<string>;
  /** The names of failed checks whose log shows that the machine failed, not the change. */
  flaky: ReadonlySet<string>;
  /** The failed checks that demand what no agent can change, by name. */
  demands: ReadonlyMap<string, Demand>;
  /** The judgement of reviewers with write access about this commit; null if the forge was not asked. */
  review: 'approved' | 'changes requested' | 'none' | null;
  /** What may lift a refusal of its merge; null if the forge was not asked. */
  mark: MergeMark | null;
  /** What became of the request to merge it automatically; null if the forge does not say, or was not asked. */
  queue: { isQueued: boolean; failed: readonly string[] } | null;
}

/** A refused merge is tried again as soon as this changes. */
export interface MergeMark {
  /** The forge's own word for what is in the way; null if it has none, or still computes it. */
  state: string | null;
  /** The newest judgement of each reviewer. */
  reviews: string;
}

/** What Moose knows about the pull request and its work order. */
export interface Known {
  /** `waiting`: it waits for CI. `asked`: a person was asked about its CI. `other`: it has ended or is running. */
  order: 'waiting' | 'asked' | 'other';
  /** A person paused the work order. */
  isHeld: boolean;
  /** The commit that Moose pushed last. */
  pushedSha: string;
  pushedAtMs: number;
  cyclesLeft: number;
  /** The start of the time in which Moose has found neither a verdict on this commit nor a running check. */
  noChecksSinceMs: number;
  /** Why another attempt at this failure is pointless; null if it may bring something new. */
  goingNowhere: string | null;
  /** Reruns that Moose has asked for, for this commit. */
  reruns: readonly { name: string; attempt: number; atMs: number; isRefused: boolean }[];
  /** When Moose asked the forge to merge this commit automatically; null if it did not ask. */
  queuedAtMs: number | null;
  /** How often the forge was asked to merge a commit of this pull request automatically. */
  queued: number;
  /** The refused attempts to merge this commit. */
  mergeRefused: {
    because: string;
    isBehind: boolean;
    isConflict: boolean;
    isUndecided: boolean;
    times: number;
    atMs: number;
    mark?: MergeMark | null;
  } | null;
  /** How often Moose has merged the base branch into the change because it was behind. */
  updates: number;
  /** The parent change is not merged, or has moved; null if there is none. */
  parent: { is: 'waits' | 'held' | 'moved'; words: string } | null;
  /** Why the change must not be merged into its base branch as it is; null: the base branch has what it contains. */
  baseRewritten: string | null;
  /** The authors of what others pushed, if the newest commit is not Moose's; empty if they are not known. */
  authors: readonly string[];
  /** The authors of commits of others that are in what Moose pushed. */
  others: readonly string[];
  /** Moose signs off its commits, because a check demanded it. */
  signsOff: boolean;
  /** Which change of its joint change is merged before it; null or absent if there is none. */
  follows?: string | null;
  /** The person who accepted the change against the judgement of its checks; null if nobody had to. */
  acceptedBy: string | null;
  /** It changes a definition of CI, so its CI is green by what the change wrote. */
  changesCi: boolean;
  /** How often it was updated to the parent change. */
  restacks: number;
  /** The previous look found the same conflict: a single one may come from a forge that still computes. */
  wasInConflict: boolean;
}

export type Next =
  /** `isReady`: the commit is verified, and only waits for its merge. `ask`: a person is asked meanwhile. */
  | { act: 'wait'; for: string; isReady?: true; ask?: Asked | 'as before' }
  /** `isTakenOut`: it was merged, and reverted since. */
  | { act: 'complete'; because: string; isGreen: boolean; isTakenOut?: true }
  | { act: 'refine'; failed: readonly Check[] }
  | { act: 'rerun'; checks: readonly Check[]; because: string }
  /** The change conflicts with the base branch: an agent resolves that. */
  | { act: 'rebase'; because: string }
  /** The forge only merges a change that contains the newest base branch. */
  | { act: 'update branch'; because: string; isMoved?: true }
  /** A check demands that the commits are signed off, which Moose does by itself. */
  | { act: 'sign off'; because: string }
  | { act: 'merge'; sha: string; because: string; isGreen: boolean }
  /** `needsBase`: an answer that continues it brings it to its base branch first. */
  | {
      act: 'escalate';
      code: EscalationCode;
      because: string;
      failed: readonly Check[];
      needsBase?: true;
    }
  | { act: 'closed'; end: 'merged' | 'closed' };

export type EscalationCode =
  | 'CI_STAYS_RED'
  | 'CI_GOES_NOWHERE'
  | 'NO_CHECKS_REPORTED'
  | 'CHECKS_PROVE_NOTHING'
  | 'PULL_REQUEST_CONFLICTS'
  | 'OTHERS_COMMIT_STOPS'
  | 'PULL_REQUEST_STAYS_BEHIND';

/** A question about what Moose cannot change; the work order continues on its own when that has changed. */
export interface Asked {
  code:
    | 'CI_BLOCKED'
    | 'REQUIRED_CHECK_MISSING'
    | 'CHECKS_STAY_QUEUED'
    | 'MERGE_QUEUE_DROPS_IT'
    | 'FORGE_SEES_CONFLICT'
    | 'FORGE_UNDECIDED'
    | 'CI_DEMANDS_WORDS';
  because: string;
  demand?: DemandKind;
  /** All work orders that this stops share one question. */
  shared?: ObstacleKind;
}

const namesShownMax = 5;

export function runningWords({
  checks,
  missing,
}: {
  checks: readonly Check[];
  missing: readonly string[];
}): string {
  const running = checks.filter(({ state }) => state === 'queued' || state === 'running');
  const names = [...new Set([...running.map(({ name }) => name), ...missing])];
  const total = new Set([...checks.map(({ name }) => name), ...missing]).size;
  if (names.length === 0) return 'CI has not finished.';
  return `CI: ${names.length} of ${total} checks have not finished (${listed(names)}).`;
}

export function lateWords(names: readonly string[]): string {
  const have = names.length === 1 ? 'has' : 'have';
  return `CI is green so far; ${listed(names)} ran on the base branch and ${have} not begun yet.`;
}

export function namesOf(checks: readonly Pick<Check, 'name'>[]): string {
  return checks.length === 0 ? 'a check' : listed([...new Set(checks.map(({ name }) => name))]);
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesShownMax).join(', ');
  return names.length > namesShownMax ? `${shown} and ${names.length - namesShownMax} more` : shown;
}

export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What others pushed stops it: nobody is paid to change their commit unasked, and nothing waits for them in silence. */
export function onOthers(
  { authors }: Known,
  because: string,
  { failed = [], needsBase }: { failed?: readonly Check[]; needsBase?: true } = {},
): Next {
  const words = `${because}, on what ${namesOfPeople(authors)} pushed`;
  const base = needsBase ? { needsBase } : {};
  return { act: 'escalate', code: 'OTHERS_COMMIT_STOPS', because: words, failed, ...base };
}

export const namesOfPeople = (authors: readonly string[]): string =>
  authors.length === 0 ? 'somebody' : peopleOf(authors);

export function wait(words: string): Extract<Next, { act: 'wait' }> {
  return { act: 'wait', for: words };
}

/** What Moose knows about a pull request when it decides, from the rows. Pure. */
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
    changesCi,
    ground,
    now,
  }: {
    headSha: string;
    pushedSha: string;
    equalFailuresMax: number;
    parent: Known['parent'];
    follows: string | null;
    acceptedBy: string | null;
    changesCi: boolean;
    ground: Pick<Known, 'authors' | 'baseRewritten'>;
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
    authors: ground.authors,
    baseRewritten: ground.baseRewritten,
    others: followed.others,
    signsOff: followed.signsOff,
    follows,
    acceptedBy,
    changesCi,
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
