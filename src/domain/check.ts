// A check is a command that says whether a change is good (R-PIPE-6).
import type { SessionEnd } from './session.ts';

export const checkKinds = ['setup', 'typecheck', 'build', 'test', 'lint', 'contract'] as const;
export type CheckKind = (typeof checkKinds)[number];

export interface Check {
  kind: CheckKind;
  /** Run by `sh -c` in the worktree; it comes from the project's settings or files, never from a model. */
  command: string;
  /** Where the check was found: `package.json`, `given`, … */
  source: string;
}

export interface CheckResult {
  kind: CheckKind;
  command: string;
  passed: boolean;
  exitCode: number | null;
  signal: string | null;
  /** Why Moose ended it; null if it ended by itself. */
  stoppedBecause: SessionEnd['reason'];
  durationMs: number;
  /** The end of the output, both streams, as a person would have seen it. */
  outputTail: string;
  /**
   * It fails in the same way without the change, so the change is not blamed: what failed, as far as the output names
   * it.
   */
  redBefore?: string[];
  /** It passes without saying anything about the change: why, after the command. */
  saysNothing?: string;
  /** A setup that ran before the change was made, and need not run again. */
  isPrepared?: boolean;
  /** The change itself changes what the command runs. */
  isRewritten?: boolean;
}

/** A setup check says nothing about the change. */
export function isVerification({ kind }: Pick<Check, 'kind'>): boolean {
  return kind !== 'setup';
}
