// The combinations of class, category and retryability that rules choose from.
import type { Verdict } from './failure-case.ts';

function verdict(
  failureClass: Verdict['failureClass'],
  category: Verdict['category'],
  type: Verdict['type'],
): Verdict {
  return { failureClass, category, retryable: category === 'transient', type };
}

/** The code under work has to change. */
export const refusedText = verdict('compile_error', 'permanent', 'validation');
export const brokenContract = verdict('contract_violation', 'permanent', 'validation');
export const failedTest = verdict('test_fail', 'permanent', 'validation');
export const lintFinding = verdict('lint_error', 'permanent', 'validation');

/** The tool's own settings have to change. */
export const noTests = verdict('test_fail', 'configuration', 'validation');
export const lintSettings = verdict('lint_error', 'configuration', 'validation');
export const compilerSettings = verdict('compile_error', 'configuration', 'validation');

export const missing = verdict('dependency_missing', 'configuration', 'resource');
export const registryAway = verdict('dependency_missing', 'transient', 'network');

export const timedOut = verdict('timeout', 'transient', 'timeout');
export const moneyGone = verdict('budget_exceeded', 'external', 'resource');

export const machinery = {
  /** The request itself is impossible: another one is needed. */
  refused: verdict('orchestration_error', 'permanent', 'coordination'),
  settings: verdict('orchestration_error', 'configuration', 'coordination'),
  passing: verdict('orchestration_error', 'transient', 'coordination'),
  full: verdict('orchestration_error', 'configuration', 'resource'),
} as const;

export const remote = {
  refused: verdict('orchestration_error', 'permanent', 'network'),
  settings: verdict('orchestration_error', 'configuration', 'network'),
  passing: verdict('orchestration_error', 'transient', 'network'),
} as const;

export const unexplained = {
  crash: verdict('unknown', 'permanent', 'process'),
  passing: verdict('unknown', 'transient', 'process'),
  settings: verdict('unknown', 'configuration', 'process'),
} as const;
