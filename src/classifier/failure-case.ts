// The input and the output of the classifier (R-FAIL-2, R-FAIL-3, R-FAIL-4).
import type {
  FailureCategory,
  FailureClass,
  FailureType,
  Recoverability,
  Severity,
} from '../domain/failure.ts';
import type { FailureContext } from '../domain/failure-context.ts';

/** One finished operation. Unknown facts are left out. */
export interface FailureCase {
  command?: string | undefined;
  exitCode?: number | null | undefined;
  signal?: string | null | undefined;
  stdout?: string | undefined;
  stderr?: string | undefined;
  httpStatus?: number | undefined;
  httpHeaders?: Readonly<Record<string, string>> | undefined;
  httpBody?: string | undefined;
  /**
   * When it ended. Without it, a wait that is told as a time is read only beside the `date` of the same answer.
   */
  at?: Date | undefined;
  /** Which part of Moose ran it: `verifier`, `git`, `forge`, `router`, `agent`, `session`, `database`, … */
  component?: string | undefined;
  /** What the operation was for, if the caller knows; otherwise it is derived from the command. */
  purpose?: Purpose | undefined;
}

/** What a command is for, as far as this decides the class of its failures. */
export type Purpose =
  | 'install'
  | 'compile'
  | 'contract'
  | 'test'
  | 'lint'
  | 'git'
  | 'forge'
  | 'provider'
  | 'database'
  | 'host';

/** What a rule says about a failure. */
export interface Verdict {
  failureClass: FailureClass;
  category: FailureCategory;
  /** Whether the identical operation may succeed later. */
  retryable: boolean;
  type: FailureType;
}

export interface Classification extends Verdict {
  recoverability: Recoverability;
  severity: Severity;
  context: FailureContext;
  /** The id of the rule that decided. */
  rule: string;
  /** From 0 to 1. */
  confidence: number;
}
