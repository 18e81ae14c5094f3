// For tests: what the forge reports, what Moose knows, and the decision.
import type { Check } from '../../../domain/forge/forge.ts';
import { nextOf } from './next-of.ts';
import type { FollowSettings, Known, Next, Seen } from './next-of-facts.ts';

export const now = Date.parse('2026-03-10T12:00:00.000Z');
export const minute = 60_000;
export const own = 'a'.repeat(40);
export const other = 'b'.repeat(40);

export const check = (name: string, state: Check['state'], given: Partial<Check> = {}): Check => ({
  id: name,
  name,
  state,
  conclusion: null,
  isRequired: false,
  attempt: 1,
  url: null,
  summary: null,
  ...given,
});

export const open: Seen = {
  state: 'open',
  headSha: own,
  mergeable: true,
  containsBase: false,
  isInBase: false,
  verdict: 'running',
  verdictSha: own,
  checks: [],
  missing: [],
  because: null,
  late: [],
  redOnBase: new Set(),
  flaky: new Set(),
  demands: new Map(),
  review: null,
  mark: null,
  queue: null,
};
export const waiting: Known = {
  order: 'waiting',
  isHeld: false,
  pushedSha: own,
  pushedAtMs: now - 10 * minute,
  cyclesLeft: 3,
  noChecksSinceMs: now - 10 * minute,
  goingNowhere: null,
  reruns: [],
  queuedAtMs: null,
  queued: 0,
  mergeRefused: null,
  updates: 0,
  parent: null,
  baseRewritten: null,
  authors: [],
  others: [],
  signsOff: false,
  acceptedBy: null,
  changesCi: false,
  restacks: 0,
  wasInConflict: false,
};
export const byDefault: FollowSettings = {
  merge: 'never',
  whenNoChecks: 'complete',
  noChecksMs: 5 * minute,
  rerun: 'flaky',
};

export const build = check('build', 'failed');
export const red: Partial<Seen> = { verdict: 'red', checks: [build, check('lint', 'passed')] };
export const green: Partial<Seen> = { verdict: 'green', checks: [check('build', 'passed')] };
export const rerun = { name: 'build', attempt: 1, atMs: now - minute, isRefused: false };
export const refused = {
  because: 'A review is missing.',
  isBehind: false,
  isConflict: false,
  isUndecided: false,
  times: 1,
  atMs: now - minute,
};
export const inConflict = { ...refused, isConflict: true };
export const undecided = { ...refused, isUndecided: true };

export interface Case {
  seen?: Partial<Seen>;
  known?: Partial<Known>;
  settings?: Partial<FollowSettings>;
}

export const decide = ({ seen, known, settings }: Case): Next =>
  nextOf({ ...open, ...seen }, { ...waiting, ...known }, { ...byDefault, ...settings }, now);
