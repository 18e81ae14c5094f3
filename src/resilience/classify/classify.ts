// What a failed check means. The fine tables of rules join here: this one goes by the kind of check alone.
import type { CheckKind, CheckResult } from '../../domain/check.ts';
import type { FailureCategory, FailureClass } from '../../domain/failure.ts';

export interface Classification {
  failureClass: FailureClass;
  category: FailureCategory;
  retryable: boolean;
  /** The rule that decided, for people. */
  rule: string;
  /** In [0, 1]. */
  confidence: number;
}

const classOfKind: Record<CheckKind, FailureClass> = {
  setup: 'dependency_missing',
  typecheck: 'compile_error',
  build: 'compile_error',
  test: 'test_fail',
  lint: 'lint_error',
  contract: 'contract_violation',
};

/** The exit code by which a shell says that a program is not there. */
const programNotFoundCode = 127;

export function classifyCheck(check: CheckResult): Classification {
  if (check.stoppedBecause === 'timeout' || check.stoppedBecause === 'silent') {
    return {
      failureClass: 'timeout',
      category: 'transient',
      retryable: true,
      rule: 'check.timed-out',
      confidence: 1,
    };
  }
  if (check.exitCode === programNotFoundCode) {
    return {
      failureClass: 'dependency_missing',
      category: 'configuration',
      retryable: false,
      rule: 'check.program-not-found',
      confidence: 0.9,
    };
  }
  return {
    failureClass: classOfKind[check.kind],
    category: 'permanent',
    retryable: false,
    rule: `check.kind.${check.kind}`,
    confidence: 0.6,
  };
}
