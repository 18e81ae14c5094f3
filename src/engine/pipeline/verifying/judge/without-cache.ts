// A check that took results from a cache runs again without it, in a checkout of its own: only that run is evidence
// (R-GREEN-6).

import type { RanCheck } from '../../../workplace/checks/run-check.ts';
import { noTestRan, ranNone } from '../../../workplace/checks/verification.ts';

export type Fresh =
  /** The run that is judged. */
  | { run: RanCheck }
  /** It is green only from the cache. */
  | { greenOnlyFromCache: RanCheck }
  /** It also fails without the change, which is not judged by it. */
  | { redBefore: readonly string[] };

/** Runs the check on the change or on the base; null: nothing is known about it there. */
export type RunAgain = (tree: 'fresh' | 'base') => Promise<RanCheck | null>;

/** Corrects the result of the check by the run without the cache. */
export async function withoutCache(ran: RanCheck, again: RunAgain): Promise<Fresh> {
  if ((ran.report?.fromCache ?? 0) === 0) return { run: ran };
  const fresh = await again('fresh');
  if (fresh === null) return { run: ran };
  if (fresh.result.passed) {
    delete ran.result.saysNothing;
    if (ranNone(fresh)) ran.result.saysNothing = noTestRan;
    return { run: fresh };
  }
  const base = await again('base');
  if (base === null || base.result.passed) return { greenOnlyFromCache: fresh };
  const before = new Set(failedIn(base));
  const failed = failedIn(fresh);
  const isOfChange = failed.some((name) => !before.has(name));
  if (isOfChange) return { greenOnlyFromCache: fresh };
  Object.assign(ran.result, fresh.result, { redBefore: failed });
  delete ran.result.saysNothing;
  return { redBefore: failed };
}

const failedIn = ({ report }: RanCheck) => report?.failed.map(({ name }) => name) ?? [];
