// Which checks of a commit count: with required ones among them, only these do. Pure.
import type { Check } from './forge.ts';

/** Checks that the change broke. An optional check counts only if no required check has failed. */
export function failuresOf(checks: readonly Check[]): Check[] {
  const failed = checks.filter(({ state, obstacle }) => state === 'failed' && !obstacle);
  const required = failed.filter(({ isRequired }) => isRequired);
  return required.length > 0 ? required : failed;
}

/** Checks that count, and did not run, or not to their end, for a reason outside the change. */
export function obstaclesOf(checks: readonly Check[], missing: readonly string[]): Check[] {
  const stopped = checks.filter(({ obstacle }) => obstacle !== undefined);
  const hasRequired = checks.some(({ isRequired }) => isRequired);
  // What is missing may belong to a workflow that does not start.
  return hasRequired && missing.length === 0 ? stopped.filter(({ isRequired }) => isRequired) : stopped;
}

/** Checks that failed and do not decide: the pull request may be merged with them, and people are told. */
export function failuresAside(checks: readonly Check[]): Check[] {
  const hasRequired = checks.some(({ isRequired }) => isRequired);
  return checks.filter(({ state, isRequired }) => state === 'failed' && (!hasRequired || !isRequired));
}
