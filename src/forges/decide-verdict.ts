// What is green on a forge (R-SEN-6): the verdict on one commit from its checks, and why it is not green. Only
// what has run and passed counts, and at least one check that tests the change has to be among it. Pure.
import { looksLikeTest, testsNothing } from '../domain/forge/check-kind.ts';
import { obstaclesOf } from '../domain/forge/counting-checks.ts';
import type { Check, Verdict } from '../domain/forge/forge.ts';

export interface Decided {
  verdict: Verdict;
  /** Why the verdict is `none`; absent for the others, and if nothing has reported. */
  because?: string;
}

/** With a list of required checks, only these decide, and what a skipped one needs; otherwise every check does. */
export function decideVerdict(
  checks: readonly Check[],
  missing: readonly string[],
  hasRequired: boolean,
): Decided {
  if (checks.length === 0) return { verdict: 'none' };
  const counting = hasRequired ? checks.filter(({ isRequired }) => isRequired) : checks;
  const needed = hasRequired ? counting.filter(isSkipped).flatMap((check) => othersInRun(check, checks)) : [];
  const has = (...states: Check['state'][]) =>
    [...counting, ...needed].some(({ state, obstacle }) => states.includes(state) && !obstacle);
  if (has('failed')) return { verdict: 'red' };
  if (has('queued', 'running')) return { verdict: 'running' };
  const [obstacle] = obstaclesOf(checks, missing);
  if (obstacle) return none(`${obstacle.name} did not run: ${obstacle.obstacle?.said ?? ''}`);
  if (missing.length > 0) return { verdict: 'running' };
  if (checks.every(isSkipped)) return none('every check was skipped');
  const doubt = doubtAbout(counting, needed, hasRequired);
  if (doubt !== null) return none(doubt);
  if (counting.some((check) => isProof(check, checks))) return { verdict: 'green' };
  // The required checks test nothing, so all the others decide.
  if (hasRequired) return decideVerdict(checks, missing, false);
  return none('no check that tests the change has passed');
}

const none = (because: string): Decided => ({ verdict: 'none', because });

/** Neutral is not passed either: such a check has not judged the change. */
function isSkipped({ state, conclusion }: Check): boolean {
  return state === 'skipped' || (state === 'passed' && conclusion === 'neutral');
}

/** The checks that a skipped one may have needed. */
function othersInRun(check: Check, checks: readonly Check[]): Check[] {
  return checks.filter((other) => other !== check && other.run !== undefined && other.run === check.run);
}

/** Why the checks that count are not green, although none failed; null if nothing speaks against it. */
function doubtAbout(
  counting: readonly Check[],
  needed: readonly Check[],
  hasRequired: boolean,
): string | null {
  if (counting.length === 0) return 'no required check has reported';
  const undecided = [...counting, ...needed].find(
    ({ state }) => state === 'cancelled' || state === 'unknown',
  );
  if (undecided)
    return `${undecided.name} was ${undecided.state === 'cancelled' ? 'cancelled' : 'not decided'}`;
  if (!hasRequired) return null;
  // A required check that was skipped has judged nothing, whatever skipped it (R-GREEN-10).
  const skipped = counting.find(isSkipped);
  if (skipped === undefined) return null;
  const how = skipped.conclusion === 'neutral' ? 'is neutral' : 'was skipped';
  return `the required check ${skipped.name} ${how}`;
}

const hasPassed = (check: Check) => check.state === 'passed' && !isSkipped(check);

/**
 * Whether it shows that the change works. If all of another workflow was skipped, only a check that is named as a test
 * does: the others may be those of bots.
 */
function isProof(check: Check, checks: readonly Check[]): boolean {
  if (!hasPassed(check) || check.testsNothing || testsNothing(check.name)) return false;
  return looksLikeTest(check.name) || !isAnyRunSkipped(checks);
}

function isAnyRunSkipped(checks: readonly Check[]): boolean {
  const runs = new Map<string, boolean>();
  for (const check of checks) {
    const run = check.run ?? '';
    runs.set(run, (runs.get(run) ?? true) && isSkipped(check));
  }
  return [...runs.values()].includes(true);
}
