// Runs one command of a project as a separate session and reads its result.

import type { ProcessEvidence, TransientError } from '../../../domain/failure.ts';
import type { Refusal } from '../../../domain/machine/egress.ts';
import type { Audience } from '../../../domain/machine/project-variable.ts';
import { isEndUnknown, type SessionEnd } from '../../../domain/machine/session.ts';
import type { Check, CheckResult } from '../../../domain/work-order/check.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import type { Query } from '../../../store/database.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { withoutCaches } from '../../../verification/cached-results.ts';
import { sessionEvidence } from '../../errors/session-evidence.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { sessionAttempt } from '../sessions/recorded-session.ts';
import { assertPlaceStands, isPlaceGone } from '../sessions/session-place.ts';
import { variablesFor, withoutGiven } from '../sessions/session-variables.ts';
import { supervise } from '../sessions/supervise.ts';
import { withVariables } from '../sessions/with-variables.ts';
import { worktreeVariables } from '../sessions/worktree-variables.ts';
import type { RunReport } from './run-report.ts';
import { askForReport, reportOf } from './session-report.ts';

type Words = readonly [string, ...string[]];

const outputTailBytes = 32 * 1024;

export interface CheckRun {
  check: Check;
  /** Unique within a cycle of the run. */
  name: string;
  cwd: string;
  /** A function is called only if the process must be started, after `beforeStart`. */
  argv: Words | (() => Words);
  network: 'none' | 'machine';
  /** The kind of the event that records its end. */
  event: 'check.finished' | 'base_check.finished' | 'proof_check.finished' | 'together_check.finished';
  /** The tree that the command checks. */
  treeSha: string;
  /** The variables that the command gets; if absent, those of setup or of checks, by its kind. */
  audiences?: readonly Audience[];
  /** Whether the result of an earlier session with this name still counts. */
  stands(session: SessionRow): Promise<boolean>;
  /** If absent, the time limit of checks. */
  limitMs?: number;
  /** Whether tools are asked to take no result from a cache. */
  isFresh?: true;
  /** Called only if the process must be started. */
  beforeStart?(): Promise<void>;
}

export interface RanCheck {
  check: Check;
  result: CheckResult;
  sessionId: string;
  process: ProcessEvidence;
  /** What its test runner says; null if nothing was recognised as tests. */
  report: RunReport | null;
  /** The limits of its session, and what it has used. */
  session: Pick<SessionRow, 'limits' | 'used'>;
  /** What the command tried to reach but could not; if absent, nothing. */
  refused?: readonly Refusal[];
}

/** @throws TransientError CHECK_LOST or SESSION_LEFT_BEHIND if nobody observed its end, WORKTREE_GONE */
export async function runCheck(work: Work, run: CheckRun): Promise<RanCheck> {
  const { check, cwd } = run;
  const named = { purpose: 'check', name: run.name } as const;
  const { session, end } = await supervise(work, {
    ...named,
    attempt: await sessionAttempt(work, named, async (ended) =>
      (await isPlaceGone(work, ended, cwd)) ? false : run.stands(ended),
    ),
    cwd,
    network: run.network,
    wallClockMs: run.limitMs ?? work.settings.checkTimeLimitMs,
    prepare: async (session) => {
      await run.beforeStart?.();
      const argv = typeof run.argv === 'function' ? run.argv() : run.argv;
      const given = await variablesFor(work, run.audiences ?? [check.kind === 'setup' ? 'setup' : 'checks']);
      const ofRepository = withoutGiven(work.checkVariables ?? {}, given);
      const env = { ...work.settings.checkEnvironment, ...given, ...(await worktreeVariables(work, cwd)) };
      const fresh = run.isFresh ? withoutCaches({ ...env, ...ofRepository }) : {};
      const known = { ...env, ...ofRepository, ...fresh };
      const reporting = isReported(check) ? await askForReport(session, known) : {};
      return { argv: withVariables({ ...ofRepository, ...fresh, ...reporting }, argv), env };
    },
    onEnd: (query, ended) => recordCheck(query, work, run, ended),
  });
  // Its worktree may have been made again since, which is nobody's fault.
  if (end.reason === 'left_behind') throw leftBehind(check, session);
  await assertPlaceStands(work, session, cwd);
  const { stdout, stderr } = await readOutput(session.directory, outputTailBytes);
  const process = await sessionEvidence(session.directory, check.command, end);
  if (end.reason === 'lost') {
    throw workplaceFailures.CHECK_LOST(
      { operation: 'verify', metadata: { sessionId: session.id, process } },
      { command: check.command },
    );
  }
  const result: CheckResult = {
    kind: check.kind,
    command: check.command,
    passed: hasPassed(end),
    exitCode: end.exitCode,
    signal: end.signal,
    stoppedBecause: end.reason,
    durationMs: durationMsOf(end),
    outputTail: [stdout.text, stderr.text].filter(Boolean).join('\n'),
  };
  const { refused, limits, used } = session;
  return {
    check,
    result,
    sessionId: session.id,
    process,
    report: isReported(check) ? await reportOf(work, session, cwd, end) : null,
    session: { limits, used },
    ...(refused?.length ? { refused } : {}),
  };
}

/** A setup tests nothing. */
const isReported = ({ kind }: Check) => kind !== 'setup';

function leftBehind({ command }: { command: string }, { id }: SessionRow): TransientError {
  return workplaceFailures.SESSION_LEFT_BEHIND(
    { operation: 'verify', metadata: { sessionId: id } },
    { command },
  );
}

/** A session whose end nobody observed counts as unfinished. */
async function recordCheck(
  query: Query,
  work: Work,
  { check, event, treeSha }: CheckRun,
  end: SessionEnd,
): Promise<void> {
  if (isEndUnknown(end)) return;
  const { exitCode } = end;
  await recordEvent(query, {
    workOrderId: work.order.id,
    kind: event,
    actor: check.kind,
    detail: {
      command: check.command,
      passed: hasPassed(end),
      exitCode,
      durationMs: durationMsOf(end),
      treeSha,
    },
  });
}

function hasPassed({ exitCode, reason }: SessionEnd): boolean {
  return exitCode === 0 && reason === null;
}

function durationMsOf({ startedAt, endedAt }: SessionEnd): number {
  return endedAt.getTime() - startedAt.getTime();
}
