// What the classifier is given, and what it answers (R-FAIL-2, R-FAIL-3, R-FAIL-4).
import type {
  FailureCategory,
  FailureClass,
  FailureType,
  Recoverability,
  Severity,
} from '../domain/failure.ts';

/** One finished operation. Whatever is not known is left out. */
export interface FailureCase {
  command?: string | undefined;
  exitCode?: number | null | undefined;
  signal?: string | null | undefined;
  stdout?: string | undefined;
  stderr?: string | undefined;
  httpStatus?: number | undefined;
  httpHeaders?: Readonly<Record<string, string>> | undefined;
  httpBody?: string | undefined;
  /** Which part of Moose ran it: `verifier`, `git`, `forge`, `router`, `agent`, `session`, `database`, … */
  component?: string | undefined;
  /** What the operation was for, where that is known; else the command says. */
  purpose?: Purpose | undefined;
}

/** What a command is for, as far as that says which class its failures have. */
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

/** Values that stand in the output itself; the first diagnostic where there are several. */
export interface FailureContext {
  file?: string;
  line?: number;
  column?: number;
  errorCode?: string;
  /** Titles of failing tests, without those of the groups around them. */
  testNames?: string[];
  package?: string;
  retryAfterS?: number;
  httpStatus?: number;
  /** Of a process inside of the one that was run. */
  exitCode?: number;
  /** `SIGKILL` and the like: what ended the process, or one inside of it. */
  signal?: string;
}

/** What a rule says about a failure. */
export interface Verdict {
  failureClass: FailureClass;
  category: FailureCategory;
  /** Whether the identical operation has a fair chance, perhaps after a delay. */
  retryable: boolean;
  type: FailureType;
}

export interface Classification extends Verdict {
  recoverability: Recoverability;
  severity: Severity;
  context: FailureContext;
  /** The rule that decided, for people. */
  rule: string;
  /** In [0, 1]. */
  confidence: number;
}
