// Decides about a commit on which nothing runs and nothing is decided: no check, none that proves anything, a required one
// that never reports, one that nobody takes. What is not green is never merged (R-SEN-6). Pure.
import { testsNothing } from '../../../domain/forge/check-kind.ts';
import {
  type FollowSettings,
  type Known,
  lateWords,
  listed,
  type Next,
  runningWords,
  type Seen,
  sentence,
  wait,
} from './next-of-facts.ts';
import { mergeByPolicy } from './next-of-merge.ts';
import type { At } from './next-of-red.ts';

/** A runner may be busy for longer than it takes a check to appear. */
const queuedFactor = 6;

/** Nothing on this commit will change by itself, as far as the forge shows. */
export function isQuiet({ verdict, checks, late }: Pick<Seen, 'verdict' | 'checks' | 'late'>): boolean {
  if (verdict === 'green') return late.length > 0;
  return verdict !== 'red' && !checks.some(({ state }) => state === 'running');
}

export function onQuiet(seen: Seen, known: Known, settings: FollowSettings, at: At): Next {
  const queued = seen.checks.filter(({ state, obstacle }) => state === 'queued' && !obstacle);
  const isOpen = queued.length > 0 || seen.missing.length > 0;
  const because = seen.because ?? 'no check has reported';
  const limitMs = settings.noChecksMs * (queued.length > 0 ? queuedFactor : 1);
  const untilMs = known.pushedAtMs + limitMs;
  const until = `Moose waits until ${new Date(untilMs).toISOString().slice(11, 19)} UTC.`;
  if (at.nowMs < untilMs)
    return wait(isOpen ? runningWords(seen) : `${sentence(because).slice(0, -1)} so far; ${until}`);
  // A pause of the host does not prove that there are no checks: at least half of the time must have been observed.
  if (at.nowMs - known.noChecksSinceMs < limitMs / 2)
    return wait(`${sentence(because).slice(0, -1)}; Moose could not ask for a while, and keeps watching.`);
  if (!isOpen) return unproved(because, seen, known, settings, at);
  const names = listed(queued.length > 0 ? queued.map(({ name }) => name) : seen.missing);
  return queued.length > 0
    ? ask('CHECKS_STAY_QUEUED', `${names} stays queued: no runner takes it`)
    : ask('REQUIRED_CHECK_MISSING', `${names} is required and never reports, so the forge will not merge it`);
}

function ask(code: 'CHECKS_STAY_QUEUED' | 'REQUIRED_CHECK_MISSING', because: string): Next {
  return { ...wait(sentence(because)), ask: { code, because } };
}

/** The checks that still have to begin; bots and deployments are waited for until the deadline only. */
export function lateAt({ late }: Seen, known: Known, settings: FollowSettings, nowMs: number): string[] {
  const isOver = nowMs >= known.pushedAtMs + settings.noChecksMs;
  return isOver ? late.filter((name) => !testsNothing(name)) : [...late];
}

/** Green so far, but checks that ran on the base branch have not begun on this commit. */
export function onLate(
  late: readonly string[],
  seen: Seen,
  known: Known,
  settings: FollowSettings,
  at: At,
): Next {
  const { noChecksMs } = settings;
  const isOver =
    at.nowMs >= known.pushedAtMs + noChecksMs && at.nowMs - known.noChecksSinceMs >= noChecksMs / 2;
  if (!isOver) return wait(lateWords(late));
  const because = `${listed(late)} ran on the base branch and never began on this commit`;
  return unproved(because, seen, known, settings, at);
}

/** Not red, but nothing shows that it works: the setting says who decides. */
function unproved(because: string, seen: Seen, known: Known, settings: FollowSettings, at: At): Next {
  const { whenNoChecks, merge } = settings;
  const isWithout = seen.checks.length === 0;
  if (whenNoChecks === 'merge' && isWithout && merge !== 'never')
    return mergeByPolicy(seen, known, settings, { because, isGreen: false, ...at });
  const isAsked = whenNoChecks === 'ask' || (whenNoChecks !== 'complete' && merge !== 'never');
  if (!isAsked) return { act: 'complete', because, isGreen: false };
  const code = isWithout ? 'NO_CHECKS_REPORTED' : 'CHECKS_PROVE_NOTHING';
  return { act: 'escalate', code, because, failed: [] };
}
