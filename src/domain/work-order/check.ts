// A check is a command that says whether a change is good (R-PIPE-6).
import { z } from 'zod';
import { endReasons } from '../machine/session.ts';

export const checkKinds = ['setup', 'typecheck', 'build', 'test', 'lint', 'contract'] as const;
export type CheckKind = (typeof checkKinds)[number];

export interface Check {
  kind: CheckKind;
  /** The command, run by `sh -c` in the worktree; it comes from the project's settings or files, never from a model. */
  command: string;
  /** Where the check was found: `package.json`, `given`, … */
  source: string;
}

/** The exit code by which a shell reports that SIGKILL ended its program. */
const killedExitCode = 137;

/** SIGKILL: from the kernel, because memory was short, or from a person. */
export const wasKilled = ({ signal, exitCode }: Pick<CheckResult, 'signal' | 'exitCode'>) =>
  signal === 'SIGKILL' || exitCode === killedExitCode;

export const checkResultSchema = z.object({
  kind: z.enum(checkKinds),
  command: z.string(),
  passed: z.boolean(),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  /** Why Moose ended it; null if it ended by itself. */
  stoppedBecause: z.enum(endReasons).nullable(),
  durationMs: z.number(),
  /** The end of the output, both streams in the order in which they were printed. */
  outputTail: z.string(),
  /** The failures that also happen without the change, if the output names them. They are not blamed on the change. */
  redBefore: z.array(z.string()).exactOptional(),
  /** Why a passed check proves nothing about the change; printed after the command. */
  saysNothing: z.string().exactOptional(),
  /** A setup that ran before the change was made, and need not run again. */
  isPrepared: z.boolean().exactOptional(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** Whether the check verifies the change; a setup does not. */
export function isVerification({ kind }: Pick<Check, 'kind'>): boolean {
  return kind !== 'setup';
}
