// Decides whether a commit that has passed is merged, by the policy of its project (R-SEN-8). Pure.

import { failuresAside } from '../../../domain/forge/counting-checks.ts';
import { personOf } from '../../../domain/people/person.ts';
import { followedLimits } from './followed.ts';
import {
  type FollowSettings,
  type Known,
  listed,
  type MergeMark,
  type Next,
  namesOf,
  namesOfPeople,
  type Seen,
  wait,
} from './next-of-facts.ts';

/** The delay after a forge refused a merge, for example for a missing review; it grows with each refusal. */
const refusedMs = 5 * 60_000;
/** The same delay if the forge has not computed it for the newest commits yet: it says so, or git rules its conflict out. */
const computingMs = { first: 15_000, max: 60_000 } as const;
/** After this many refusals, some minutes, the forge may never compute it again by itself: a person is asked. */
const computedTriesMax = 6;
/** If the forge does not say whether a merge is still queued, it is asked again after this time, which is harmless. */
const queuedMs = 2 * 60 * 60_000;
/** A merge queue shows a new entry after some seconds. */
const shownQueuedMs = 30_000;

export interface Passed {
  /** What has been verified, and what has not. */
  because: string;
  isGreen: boolean;
  isForeign: boolean;
  nowMs: number;
}

export function greenWords({ checks }: Seen): string {
  const aside = failuresAside(checks);
  return aside.length === 0 ? 'CI is green' : `CI is green (${namesOf(aside)} failed, and is not required)`;
}

export function mergeByPolicy(seen: Seen, known: Known, { merge }: FollowSettings, passed: Passed): Next {
  const { because, isGreen, isForeign, nowMs } = passed;
  const done: Next = { act: 'complete', because, isGreen };
  if (merge === 'never') return done;
  if (merge === 'green' && known.acceptedBy)
    return {
      ...done,
      because: `${because}, but ${personOf(known.acceptedBy)} accepted the change against the checks, so Moose does not merge it`,
    };
  // What it wrote there decides whether CI is green (R-GREEN-18).
  if (merge === 'green' && known.changesCi)
    return { ...done, because: `${because}, but it changes what defines CI, so Moose does not merge it` };
  if (isForeign || known.others.length > 0) {
    const who = namesOfPeople(isForeign ? known.authors : known.others);
    return { ...done, because: `${because}, but it has commits of ${who}, so Moose does not merge it` };
  }
  const queued = known.queuedAtMs === null ? null : onQueued(seen, known, nowMs - known.queuedAtMs);
  if (queued) return queued;
  if (merge === 'approved' && seen.review !== 'approved')
    return wait(
      seen.review === 'changes requested'
        ? `${because}; a reviewer requests changes.`
        : `${because}; it waits for the approval of a reviewer.`,
    );
  if (known.mergeRefused?.isBehind) return onBehind(known);
  return onRefused(seen, known, nowMs) ?? { act: 'merge', sha: seen.headSha, because, isGreen };
}

/** Null if the forge is asked (again). */
function onQueued({ queue }: Seen, { queued }: Known, sinceMs: number): Next | null {
  const isQueued = queue ? queue.isQueued || sinceMs < shownQueuedMs : sinceMs < queuedMs;
  if (isQueued) return wait('The forge merges it as soon as its own conditions are met.');
  const failed = queue?.failed ?? [];
  // What its own checks refuse, the queue refuses again.
  if (queued < followedLimits.queuedMax && failed.length === 0) return null;
  const why =
    failed.length === 0 ? 'it says there why' : `the checks of its merge group failed: ${listed(failed)}`;
  const because = queue
    ? `the merge queue removed it ${queued === 1 ? 'once' : `${queued} times`}; ${why}`
    : `the forge was to merge it ${queued} times and has not; ${why}`;
  const words = `${because.charAt(0).toUpperCase()}${because.slice(1)}.`;
  return { ...wait(words), ask: { code: 'MERGE_QUEUE_DROPS_IT', because } };
}

function onBehind({ updates, mergeRefused }: Known): Next {
  const because = 'the forge merges only branches that are up to date with the base branch';
  if (updates < followedLimits.updatesMax) return { act: 'update branch', because };
  const said = `${mergeRefused?.because ?? because}, after ${updates} updates`;
  return { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND', because: said, failed: [] };
}

/** Null if nothing speaks against another attempt. */
function onRefused(seen: Seen, { mergeRefused }: Known, nowMs: number): Next | null {
  if (mergeRefused === null || isLifted(mergeRefused.mark, seen.mark)) return null;
  const { times, atMs, because, isConflict, isUndecided } = mergeRefused;
  const isComputing = isUndecided || (isConflict && seen.containsBase);
  const growth = 2 ** Math.min(times - 1, 6);
  if (!isComputing) return nowMs >= atMs + refusedMs * growth ? null : wait(because);
  if (nowMs >= atMs + Math.min(computingMs.max, computingMs.first * growth)) return null;
  const waits = wait('The forge has not determined yet whether it can be merged.');
  if (times < computedTriesMax) return waits;
  if (isUndecided) {
    const why = `it was asked ${times} times and has not determined whether the change can be merged`;
    return { ...waits, ask: { code: 'FORGE_UNDECIDED', because: why } };
  }
  const found = `it has reported a conflict ${times} times, but the change contains the newest commit of its base branch`;
  return { ...waits, ask: { code: 'FORGE_SEES_CONFLICT', because: found } };
}

function isLifted(before: MergeMark | null | undefined, now: MergeMark | null): boolean {
  if (!before || !now) return false;
  const isOtherState = before.state !== null && now.state !== null && before.state !== now.state;
  return isOtherState || before.reviews !== now.reviews;
}
