// Decides what happens to a pull request after a look at it, from what the forge reports and what Moose has done
// (R-SEN-3, R-SEN-4, R-SEN-6, R-SEN-8). Pure.
import type { Check, Verdict } from '../../domain/forge.ts';
import type { MergePolicy, RerunPolicy, WhenNoChecks } from '../../domain/merge-policy.ts';
import { followedLimits } from './followed.ts';
import { lateWords, namesOf, runningWords } from './next-of-words.ts';

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
  verdict: Verdict;
  /** The commit that the checks ran on. */
  verdictSha: string;
  checks: readonly Check[];
  missing: readonly string[];
  /** The names of checks that ran on the base branch, and have not begun on this commit. */
  late: readonly string[];
  /** The names of failed checks that also fail on the base branch. */
  redOnBase: ReadonlySet<string>;
  /** The names of failed checks whose log shows that the machine failed, not the change. */
  flaky: ReadonlySet<string>;
  /** The judgement of reviewers with write access about this commit; null if the forge was not asked. */
  review: 'approved' | 'changes requested' | 'none' | null;
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
  /** Since when Moose has repeatedly found no check on this commit. */
  noChecksSinceMs: number;
  /** Why another attempt at this failure is pointless; null if it may bring something new. */
  goingNowhere: string | null;
  /** Reruns that Moose has asked for, for this commit. */
  reruns: readonly { name: string; attempt: number; atMs: number; isRefused: boolean }[];
  /** Since when the forge has been asked to merge this commit by itself; null if it was not asked. */
  queuedAtMs: number | null;
  /** How often the forge was asked to merge a commit of this pull request by itself. */
  queued: number;
  /** The refused attempts to merge this commit. */
  mergeRefused: {
    because: string;
    isBehind: boolean;
    isConflict: boolean;
    times: number;
    atMs: number;
  } | null;
  /** How often Moose has merged the base branch into the change because it was behind. */
  updates: number;
  /** The change below is not merged, or has moved; null if there is none. */
  below: { is: 'waits' | 'held' | 'moved'; words: string } | null;
  /** Which change of its joint change is merged before it; null or absent if there is none. */
  follows?: string | null;
  /** How often it was updated to the change below. */
  restacks: number;
  /** The previous look found the same conflict: a single one may come from a forge that still computes. */
  wasInConflict: boolean;
}

export type Next =
  /** `isReady`: the commit is verified, and only waits for its merge. */
  | { act: 'wait'; for: string; isReady?: true }
  | { act: 'complete'; because: string; isGreen: boolean }
  | { act: 'refine'; failed: readonly Check[] }
  | { act: 'rerun'; checks: readonly Check[]; because: string }
  /** The change conflicts with the base branch: an agent resolves that. */
  | { act: 'rebase'; because: string }
  /** The forge only merges a change that contains the newest base branch. */
  | { act: 'update branch'; because: string; isStacked?: true }
  | { act: 'merge'; sha: string }
  | { act: 'escalate'; code: EscalationCode; because: string; failed: readonly Check[] }
  | { act: 'closed'; end: 'merged' | 'closed' };

export type EscalationCode =
  | 'CI_STAYS_RED'
  | 'CI_GOES_NOWHERE'
  | 'NO_CHECKS_REPORTED'
  | 'PULL_REQUEST_CONFLICTS'
  | 'PULL_REQUEST_STAYS_BEHIND';

/** The forge may show a pushed commit, or a new check, only after some seconds. */
export const shownLateMsMax = 60_000;
/** A rerun that has not begun after this time counts as refused. */
const rerunMsMax = 2 * 60_000;
/** The delay after a forge refused a merge, for example for a missing review; it grows with each refusal. */
const refusedMs = 5 * 60_000;
/** The same delay for a conflict that git rules out: the forge has not computed it for the newest commits yet. */
const computingMs = 15_000;
/** A merge queue removes failing entries without a notification. Asking again for a queued entry is harmless. */
const queuedMs = 2 * 60 * 60_000;
/** How often checks of one commit run again, even if their names change. */
const rerunsPerCommitMax = 3;

export function nextOf(seen: Seen, known: Known, settings: FollowSettings, nowMs: number): Next {
  const next = judge(seen, known, settings, nowMs);
  const { below, follows } = known;
  // Nothing is merged, or completed, before the change below it (R-SPEC-5).
  if (below && (next.act === 'merge' || next.act === 'complete'))
    return { act: 'wait', for: below.words, ...(below.is === 'held' ? {} : { isReady: true }) };
  if (follows && next.act === 'merge') return { act: 'wait', for: follows, isReady: true };
  const isGreen = seen.verdict === 'green' && seen.late.length === 0 && seen.verdictSha === known.pushedSha;
  const isReady = isGreen && seen.headSha === known.pushedSha && !isInConflict(seen, known);
  return next.act === 'wait' && isReady && known.order === 'waiting' && !known.isHeld && below?.is !== 'held'
    ? { ...next, isReady }
    : next;
}

function judge(seen: Seen, known: Known, settings: FollowSettings, nowMs: number): Next {
  if (seen.state !== 'open') return { act: 'closed', end: seen.state };
  if (known.order === 'other') return wait('Nothing: its work order does not wait for it.');
  if (known.isHeld) return wait('A person paused the work order.');
  const isForeign = seen.headSha !== known.pushedSha;
  if (isForeign && nowMs - known.pushedAtMs < shownLateMsMax)
    return wait('The forge does not show the pushed commit yet.');
  // The person who was asked decides, unless somebody else has made it green.
  if (known.order === 'asked') return afterQuestion(seen, known);
  if (known.below?.is === 'moved') return onMovedBelow(known, known.below.words, isForeign);
  if (seen.verdictSha !== seen.headSha) return wait('The forge has no verdict on the newest commit yet.');
  if (isInConflict(seen, known)) return known.below ? wait(known.below.words) : onConflict(known, isForeign);
  switch (seen.verdict) {
    case 'running':
      return wait(runningWords(seen));
    case 'none':
      return onNone(seen, known, settings, nowMs);
    case 'red':
      return onRed(seen, known, settings, { isForeign, nowMs });
    case 'green':
      return onGreen(seen, known, settings, { isForeign, nowMs });
  }
}

function onMovedBelow({ restacks }: Known, words: string, isForeign: boolean): Next {
  if (isForeign)
    return wait(
      `${sentence(words)} It contains a commit that Moose did not push, so Moose leaves it as it is.`,
    );
  if (restacks < followedLimits.restacksMax) return { act: 'update branch', because: words, isStacked: true };
  const because = `${words} again, after ${restacks} times`;
  return { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND', because, failed: [] };
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** A forge's merge attempt is more reliable than its earlier report, and git is more reliable than both. */
function isInConflict({ mergeable, containsBase }: Seen, { mergeRefused }: Known): boolean {
  return !containsBase && (mergeable === false || mergeRefused?.isConflict === true);
}

function afterQuestion(seen: Seen, known: Known): Next {
  // A forge that computes the conflict again has not said that there is none.
  const conflicts = isInConflict(seen, known) || (seen.mergeable === null && known.wasInConflict);
  if (seen.verdict === 'green' && seen.verdictSha === seen.headSha && !conflicts)
    return { act: 'complete', because: 'CI is green', isGreen: true };
  return wait('Your answer to the question about it.');
}

function onConflict(known: Known, isForeign: boolean): Next {
  if (isForeign)
    return wait('It conflicts with its base branch and contains a commit that Moose did not push.');
  if (!known.wasInConflict && !known.mergeRefused?.isConflict)
    return wait('It seems to conflict with its base branch; Moose will check again.');
  const because = 'it conflicts with its base branch';
  if (known.cyclesLeft > 0) return { act: 'rebase', because };
  return { act: 'escalate', code: 'PULL_REQUEST_CONFLICTS', because, failed: [] };
}

/** No checks does not count as green: Moose never merges in this case (R-SEN-6). */
function onNone(seen: Seen, known: Known, settings: FollowSettings, nowMs: number): Next {
  if (seen.missing.length > 0) return wait(runningWords(seen));
  const untilMs = known.pushedAtMs + settings.noChecksMs;
  const isSkipped = seen.checks.length > 0 && seen.checks.every(({ state }) => state === 'skipped');
  if (nowMs < untilMs)
    return wait(
      `${isSkipped ? 'Every check was skipped' : 'No check has reported yet'}; Moose waits until ${new Date(untilMs).toISOString().slice(11, 19)} UTC.`,
    );
  // A pause of the host does not prove that there are no checks: at least half of the time must have been observed.
  if (nowMs - known.noChecksSinceMs < settings.noChecksMs / 2)
    return wait('No check has reported yet; Moose could not ask for a while, and keeps watching.');
  const because = isSkipped ? 'every check was skipped' : 'no check has reported';
  return settings.whenNoChecks === 'complete'
    ? { act: 'complete', because, isGreen: false }
    : { act: 'escalate', code: 'NO_CHECKS_REPORTED', because, failed: [] };
}

function onRed(
  seen: Seen,
  known: Known,
  settings: FollowSettings,
  { isForeign, nowMs }: { isForeign: boolean; nowMs: number },
): Next {
  const failed = countingFailures(seen.checks);
  if (isForeign)
    return wait(
      `CI is red (${namesOf(failed)}) on a commit that Moose did not push; Moose leaves it to the author.`,
    );
  const charged = failed.filter(({ name }) => !seen.redOnBase.has(name));
  if (failed.length > 0 && charged.length === 0)
    return { act: 'complete', because: `${namesOf(failed)} fails on the base branch too`, isGreen: false };
  const pending = charged.filter((check) => isRerunPending(check, known, nowMs));
  if (pending.length > 0) return wait(`${namesOf(pending)}: waiting for the rerun.`);
  if (charged.length > 0 && charged.every((check) => mayRerun(check, seen, known, settings)))
    return { act: 'rerun', checks: charged, because: rerunReason(settings) };
  const because = `CI is red: ${namesOf(charged)} failed`;
  if (known.goingNowhere !== null)
    return { act: 'escalate', code: 'CI_GOES_NOWHERE', because: known.goingNowhere, failed: charged };
  if (known.cyclesLeft <= 0) return { act: 'escalate', code: 'CI_STAYS_RED', because, failed: charged };
  return { act: 'refine', failed: charged };
}

/** A failed check that is not required does not make the pull request red if other checks are required. */
export function countingFailures(checks: readonly Check[]): Check[] {
  const failed = checks.filter(({ state }) => state === 'failed');
  const required = failed.filter(({ isRequired }) => isRequired);
  return required.length > 0 ? required : failed;
}

function isRerunPending(check: Check, { reruns }: Known, nowMs: number): boolean {
  const asked = reruns.find(({ name }) => name === check.name);
  if (asked === undefined || asked.isRefused || check.attempt > asked.attempt) return false;
  return nowMs - asked.atMs < rerunMsMax;
}

function mayRerun(check: Check, seen: Seen, { reruns }: Known, { rerun }: FollowSettings): boolean {
  if (rerun === 'never' || check.attempt > 1) return false;
  if (reruns.some(({ name }) => name === check.name)) return false;
  // Reruns that were requested together count as one, because some CI systems rename a check each time.
  if (new Set(reruns.map(({ atMs }) => atMs)).size >= rerunsPerCommitMax) return false;
  return rerun === 'always' || seen.flaky.has(check.name);
}

function rerunReason({ rerun }: FollowSettings): string {
  return rerun === 'always' ? 'failed checks run once more' : 'the machine failed, not the change';
}

function onGreen(
  seen: Seen,
  known: Known,
  { merge }: FollowSettings,
  { isForeign, nowMs }: { isForeign: boolean; nowMs: number },
): Next {
  if (seen.late.length > 0) return wait(lateWords(seen.late));
  const done: Next = { act: 'complete', because: 'CI is green', isGreen: true };
  if (merge === 'never') return done;
  if (isForeign)
    return {
      ...done,
      because: 'CI is green, but Moose did not push the newest commit, so it does not merge it',
    };
  if (known.queuedAtMs !== null && nowMs - known.queuedAtMs < queuedMs)
    return wait('The forge merges it as soon as its own conditions are met.');
  if (known.queuedAtMs !== null && known.queued >= followedLimits.queuedMax)
    return wait(`The forge was to merge it ${known.queued} times and has not; it says there why.`);
  if (merge === 'approved' && seen.review !== 'approved')
    return wait(
      seen.review === 'changes requested'
        ? 'CI is green; a reviewer requests changes.'
        : 'CI is green; it waits for the approval of a reviewer.',
    );
  const { mergeRefused } = known;
  if (mergeRefused?.isBehind) return onBehind(known);
  const isComputing = mergeRefused?.isConflict === true && seen.containsBase;
  const delayMs = isComputing ? computingMs : refusedMs;
  if (mergeRefused && nowMs < mergeRefused.atMs + delayMs * 2 ** Math.min(mergeRefused.times - 1, 6))
    return wait(
      isComputing ? 'The forge has not determined yet whether it can be merged.' : mergeRefused.because,
    );
  return { act: 'merge', sha: seen.headSha };
}

function onBehind({ updates, mergeRefused }: Known): Next {
  const because = 'the forge merges only branches that are up to date with the base branch';
  if (updates < followedLimits.updatesMax) return { act: 'update branch', because };
  const said = `${mergeRefused?.because ?? because}, after ${updates} updates`;
  return { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND', because: said, failed: [] };
}

function wait(words: string): Next {
  return { act: 'wait', for: words };
}
