// How long the further runs of a check may take that show what a change is worth, and how many of them there may be.
import type { Check, CheckResult } from '../../../domain/work-order/check.ts';
import { emptiedByDefault } from '../../../verification/verdict/judge-emptied.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';

/** As many functions are emptied as fit into a time, and at least one. */
const emptyingMsMax = 600_000;
export const emptiedIn = (durationMs: number) =>
  Math.max(1, Math.min(emptiedByDefault, Math.floor(emptyingMsMax / Math.max(1, durationMs))));

/** The machine may be busier, and what prepares the check may have come from a cache. */
const extraRunMsMin = 300_000;
const emptiedRunMsMin = 30_000;
const extraRunTimes = 10;

/** Whether the check makes what later ones need. */
export const isPreparing = ({ kind }: Pick<Check, 'kind'>) => kind === 'setup' || kind === 'build';

/**
 * A new test may wait forever on the base, and an old one on the change. The same commands took much less time on the
 * change.
 */
export function extraRunLimitMs(
  { checkTimeLimitMs }: Pick<EngineSettings, 'checkTimeLimitMs'>,
  took: ReadonlyArray<Pick<CheckResult, 'kind' | 'durationMs'> & { index: number }>,
  { index, isEmptied }: { index: number; isEmptied: boolean },
): number {
  const own = took.filter((one) => one.index === index || (one.index < index && isPreparing(one)));
  const ownMs = own.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const minMs = isEmptied ? emptiedRunMsMin : extraRunMsMin;
  return Math.min(checkTimeLimitMs, minMs + extraRunTimes * ownMs);
}
