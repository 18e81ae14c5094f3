// The failure that a git's end means, with all evidence (R-FAIL-5).

import type { MooseError, ProcessEvidence } from '../../domain/failure.ts';
import { redact, redactTail } from '../../domain/text/redact.ts';
import { shellLine } from '../../stdx/text/shell-words.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { redactUrls } from '../remote/redact-url.ts';
import type { GitCall } from './git-call.ts';
import { type FailedGit, fieldsOf, gitFailure } from './git-failure.ts';
import { operationOf } from './git-operation.ts';
import type { GitProcessEnd } from './git-process.ts';
import { startFailure } from './start-failure.ts';

export const defaultTimeoutMs = 120_000;
export const defaultMaxOutputBytes = 256 * 1024 * 1024;
/** Number of characters of each stream that an error contains. */
const evidenceTailLength = 4_096;

/** Null if git did what was asked, or gave another accepted answer. */
export function failureOf(
  end: GitProcessEnd,
  args: readonly string[],
  call: GitCall,
  cwd: string,
): MooseError | null {
  const { exitCode, stoppedBy } = end;
  if (stoppedBy === null && exitCode === 0) return null;
  if (stoppedBy === 'too much output' && call.mayBeCut) return null;
  const failure = namedEnd(end, args, call, cwd);
  const isAnswer = stoppedBy === null && exitCode !== null && call.okExitCodes?.includes(exitCode);
  // The exit code of a git that could not start is not an answer.
  if (isAnswer && failure.category !== 'transient') return null;
  return call.named?.(failure) ?? failure;
}

function namedEnd(end: GitProcessEnd, args: readonly string[], call: GitCall, cwd: string): MooseError {
  const failed: FailedGit = {
    operation: operationOf(args),
    cwd,
    evidence: evidenceOf(end, args),
    cause: end.startError ?? undefined,
  };
  if (end.startError) return startFailure(end.startError, failed);
  if (end.stoppedBy === 'timeout') {
    return gitFailures.GIT_TIMEOUT(
      { ...fieldsOf(failed) },
      { operation: failed.operation, timeoutMs: call.timeoutMs ?? defaultTimeoutMs },
    );
  }
  if (end.stoppedBy === 'too much output') {
    return gitFailures.GIT_OUTPUT_TOO_LARGE(
      { ...fieldsOf(failed) },
      { operation: failed.operation, maxOutputBytes: call.maxOutputBytes ?? defaultMaxOutputBytes },
    );
  }
  return gitFailure(failed);
}

function evidenceOf(end: GitProcessEnd, args: readonly string[]): ProcessEvidence {
  const hasRun = end.startError === null;
  return {
    command: redact(redactUrls(shellLine(['git', ...args]))),
    exitCode: end.exitCode,
    signal: end.signal,
    stdoutTail: hasRun ? tailOf(end.stdout.subarray(-evidenceTailLength * 2).toString('utf8')) : null,
    stderrTail: hasRun ? tailOf(end.stderr) : null,
    durationMs: end.durationMs,
  };
}

/** Removes secrets, including those that would be cut in half. */
function tailOf(text: string): string {
  return redactTail(redactUrls(text.slice(-evidenceTailLength * 2)), evidenceTailLength);
}
