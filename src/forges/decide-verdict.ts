// The verdict on one commit from its checks. No check is not green, and a required one that has not reported is missing
// (R-SEN-6). Pure.
import type { Check, Verdict } from '../domain/forge.ts';

/**
 * With a list of required checks, only these decide; otherwise every check does. A cancelled check says
 * nothing about the change: it is neither red nor green.
 */
export function decideVerdict(
  checks: readonly Check[],
  missing: readonly string[],
  hasRequired: boolean,
): Verdict {
  const counting = hasRequired ? checks.filter(({ isRequired }) => isRequired) : checks;
  const has = (...states: Check['state'][]) => counting.some(({ state }) => states.includes(state));
  if (checks.length === 0) return 'none';
  if (has('failed')) return 'red';
  if (missing.length > 0 || has('queued', 'running')) return 'running';
  if (counting.length === 0 || has('cancelled', 'unknown')) return 'none';
  // A skipped check has tested nothing. Whether a required check may be skipped is the forge's own rule.
  return hasRequired || has('passed') ? 'green' : 'none';
}
