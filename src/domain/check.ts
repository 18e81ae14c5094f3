// A check is a command that says whether a change is good (R-PIPE-6).
import type { SessionEnd } from './session.ts';

export const checkKinds = ['setup', 'typecheck', 'build', 'test', 'lint', 'contract'] as const;
export type CheckKind = (typeof checkKinds)[number];

export interface Check {
  kind: CheckKind;
  /** Run by `sh -c` in the worktree; from the project's own settings or found in its files, never from a model. */
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
  /** Why Moose ended it; null where it ended by itself. */
  stoppedBecause: SessionEnd['reason'];
  durationMs: number;
  /** The last characters of the output, both streams, as a person would have seen them. */
  outputTail: string;
  /** Red in the same way without the change, and so not charged to it: what was red, as far as the output names it. */
  redBefore?: string[];
  /** Green without a word about the change: why, after the command. */
  saysNothing?: string;
  /** The change itself changes what the command runs. */
  isRewritten?: boolean;
}

/** What prepares the others says nothing about the change. */
export function isVerification({ kind }: Pick<Check, 'kind'>): boolean {
  return kind !== 'setup';
}
