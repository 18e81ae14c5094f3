// Decides what happens to a pull request after a look at it, from what the forge reports and what Moose has done
// (R-SEN-3, R-SEN-4, R-SEN-6, R-SEN-8). Pure.
import { obstaclesOf } from '../../../domain/forge/counting-checks.ts';
import { shownLateMsMax } from '../../run/published-sha.ts';
import { followedLimits } from './followed.ts';
import {
  type FollowSettings,
  type Known,
  type Next,
  onOthers,
  runningWords,
  type Seen,
  wait,
} from './next-of-facts.ts';
import { greenWords, mergeByPolicy } from './next-of-merge.ts';
import { isQuiet, lateAt, onLate, onQuiet } from './next-of-quiet.ts';
import { type At, onBlocked, onRed } from './next-of-red.ts';

export function nextOf(seen: Seen, known: Known, settings: FollowSettings, nowMs: number): Next {
  const next = judge(seen, known, settings, nowMs);
  const { parent, follows } = known;
  // Nothing is merged, or completed, before the parent change (R-SPEC-5).
  if (parent && (next.act === 'merge' || next.act === 'complete'))
    return { act: 'wait', for: parent.words, ...(parent.is === 'held' ? {} : { isReady: true }) };
  if (follows && next.act === 'merge') return { act: 'wait', for: follows, isReady: true };
  const isLate = lateAt(seen, known, settings, nowMs).length > 0;
  const isGreen = seen.verdict === 'green' && !isLate && seen.verdictSha === known.pushedSha;
  const isReady = isGreen && seen.headSha === known.pushedSha && !isInConflict(seen, known);
  return next.act === 'wait' && isReady && known.order === 'waiting' && !known.isHeld && parent?.is !== 'held'
    ? { ...next, isReady }
    : next;
}

function judge(seen: Seen, known: Known, settings: FollowSettings, nowMs: number): Next {
  if (seen.state !== 'open') return { act: 'closed', end: seen.state };
  if (known.order === 'other') return wait('Nothing: its work order does not wait for it.');
  if (known.isHeld) return wait('A person paused the work order.');
  const isForeign = seen.headSha !== known.pushedSha;
  // Git may already have said whose commit it is.
  if (isForeign && known.authors.length === 0 && nowMs - known.pushedAtMs < shownLateMsMax)
    return wait('The forge does not show the pushed commit yet.');
  // Git is believed over the forge: its answer to a merge may be lost.
  if (seen.isInBase && seen.isTakenOut) {
    const because = 'it was merged into its base branch by hand, and reverted there';
    return { act: 'complete', because, isGreen: false, isTakenOut: true };
  }
  if (seen.isInBase)
    return {
      act: 'complete',
      because: 'its base branch contains the change',
      isGreen: seen.verdict === 'green',
    };
  // The person who was asked decides, unless somebody else has made it green.
  if (known.order === 'asked') return afterQuestion(seen, known, lateAt(seen, known, settings, nowMs));
  const moved = known.parent?.is === 'moved' ? known.parent.words : known.baseRewritten;
  if (moved !== null) return onMoved(known, moved, isForeign);
  if (seen.verdictSha !== seen.headSha) return wait('The forge has no verdict on the newest commit yet.');
  if (isInConflict(seen, known))
    return known.parent ? wait(known.parent.words) : onConflict(known, isForeign);
  const at = { isForeign, nowMs };
  if (seen.verdict === 'red') return onRed(seen, known, settings, at);
  if (seen.verdict === 'green') return onGreen(seen, known, settings, at);
  if (!isQuiet(seen)) return wait(runningWords(seen));
  const blocked = seen.verdict === 'none' ? obstaclesOf(seen.checks, seen.missing) : [];
  return blocked.length > 0 ? onBlocked(blocked, known, settings, nowMs) : onQuiet(seen, known, settings, at);
}

function onGreen(seen: Seen, known: Known, settings: FollowSettings, at: At): Next {
  const late = lateAt(seen, known, settings, at.nowMs);
  if (late.length > 0) return onLate(late, seen, known, settings, at);
  return mergeByPolicy(seen, known, settings, { because: greenWords(seen), isGreen: true, ...at });
}

/** The parent change has moved, or the base branch was rewritten: the change is moved there. */
function onMoved(known: Known, words: string, isForeign: boolean): Next {
  const { restacks } = known;
  if (isForeign) return onOthers(known, words, { needsBase: true });
  if (restacks < followedLimits.restacksMax) return { act: 'update branch', because: words, isMoved: true };
  const because = `${words} again, after ${restacks} times`;
  return { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND', because, failed: [] };
}

/** A forge's merge attempt is more reliable than its earlier report, and git is more reliable than both. */
function isInConflict({ mergeable, containsBase }: Seen, { mergeRefused }: Known): boolean {
  return !containsBase && (mergeable === false || mergeRefused?.isConflict === true);
}

function afterQuestion(seen: Seen, known: Known, late: readonly string[]): Next {
  // A forge that computes the conflict again has not said that there is none.
  const conflicts = isInConflict(seen, known) || (seen.mergeable === null && known.wasInConflict);
  if (seen.verdict === 'green' && late.length === 0 && seen.verdictSha === seen.headSha && !conflicts)
    return { act: 'complete', because: 'CI is green', isGreen: true };
  return wait('Your answer to the question about it.');
}

function onConflict(known: Known, isForeign: boolean): Next {
  if (!known.wasInConflict && !known.mergeRefused?.isConflict)
    return wait('It seems to conflict with its base branch; Moose will check again.');
  const because = 'it conflicts with its base branch';
  if (isForeign) return onOthers(known, because, { needsBase: true });
  if (known.cyclesLeft > 0) return { act: 'rebase', because };
  return { act: 'escalate', code: 'PULL_REQUEST_CONFLICTS', because, failed: [] };
}
