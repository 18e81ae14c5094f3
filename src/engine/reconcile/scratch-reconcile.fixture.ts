// For tests: looks and repairs as a machine does, at a time that the test chooses.
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { scratchEngineSettings } from '../scratch-work.fixture.ts';
import type { ReconcileDeps } from './drift-kind.ts';
import { driftKinds } from './kinds.ts';
import { lookForDrift } from './look.ts';
import { reconcile } from './reconcile.ts';

export interface Machine {
  database: Database;
  dataDirectory: string;
  host?: string;
  machine?: string;
  forges?: ReconcileDeps['forges'];
  undonePerMinuteMax?: number;
}

/** Late enough that everything that a test has just made counts as settled. */
export const laterMs = 10 * 60_000;

export function depsOf(given: Machine, aheadMs = laterMs): ReconcileDeps {
  const {
    database,
    dataDirectory,
    host = 'here',
    machine = 'machine-of-test',
    undonePerMinuteMax = 100,
  } = given;
  const clock: Clock = { now: () => new Date(Date.now() + aheadMs) };
  const forges = given.forges ?? {
    of: async (id: string) => {
      throw new TypeError(`No forge is asked in this test: ${id}`);
    },
  };
  const settings = {
    ...scratchEngineSettings,
    host,
    dataDirectory,
    undonePerMinuteMax,
    finishedKeptMs: 24 * 3_600_000,
  };
  return { database, clock, forges, settings, machine, actor: 'moose:reconcile' };
}

const kindsOf = (names: readonly string[]) => driftKinds.filter(({ name }) => names.includes(name));
const never = () => new AbortController().signal;

/** The findings of these kinds; a failure to look fails the test. */
export async function lookFor(given: Machine, names: readonly string[], aheadMs = laterMs) {
  const { found, failures } = await lookForDrift(depsOf(given, aheadMs), kindsOf(names), never());
  for (const { failure } of failures) throw failure;
  return found;
}

export async function reconcileKinds(given: Machine, names: readonly string[], aheadMs = laterMs) {
  return reconcile(depsOf(given, aheadMs), kindsOf(names), never());
}

/** Clears up what a machine left behind, as its Moose does when it starts. */
export function leftoversJob(given: Machine & { clock: Clock }) {
  return {
    run: async (_signal: AbortSignal) => {
      const done = await reconcileKinds(given, ['session-left', 'worktree-left'], 0);
      const [failure] = [...done.failures.map((each) => each.failure), ...done.repairFailures];
      if (failure) throw failure;
    },
  };
}
