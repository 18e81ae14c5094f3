// Step 4: the project's own checks say whether the change is good; a red one goes back to the Proposer (R-PIPE-6).
import type { Check, CheckResult } from '../../domain/check.ts';
import {
  ConfigurationError,
  type FailureClass,
  PermanentError,
  type ProcessEvidence,
  TransientError,
} from '../../domain/failure.ts';
import type { SessionEnd } from '../../domain/session.ts';
import { classifyCheck } from '../../resilience/classify/classify.ts';
import { readOutput } from '../../sessions/read-output.ts';
import type { Query } from '../../store/database.ts';
import { hasFailed } from '../../store/error-events.ts';
import type { SessionRow } from '../../store/session-rows.ts';
import { recordEvent } from '../../store/work-orders.ts';
import { type Recipe, toldEnvironment } from '../errors/reproduce/recipe.ts';
import { sessionEvidence } from '../errors/session-evidence.ts';
import type { Feedback } from './feedback.ts';
import { inPlace } from './places.ts';
import { checksOf } from './project-checks.ts';
import { sessionAttempt } from './session-attempt.ts';
import {
  type ApplyingResult,
  findResult,
  type GeneratingResult,
  type RoutingResult,
  requireResult,
  type VerifyingResult,
} from './step-results.ts';
import { supervise } from './supervise.ts';
import type { StepEnd, Work } from './work.ts';
import { haveWorktree, takeBack } from './worktree-place.ts';

const outputTailBytes = 32 * 1024;

export async function verifying(work: Work): Promise<StepEnd> {
  const routed = await requireResult<RoutingResult>(work, 'routing');
  const applied = await requireResult<ApplyingResult>(work, 'applying');
  const checks = await checksOf(work, routed.baseSha);
  return inPlace(work, async () => {
    const { worktreePath } = await haveWorktree(work, routed, applied.headSha);
    const results: CheckResult[] = [];
    let last: RanCheck | undefined;
    for (const [index, check] of checks.entries()) {
      last = await runCheck(work, check, index, worktreePath, applied.treeSha);
      results.push(last.result);
      // The cause comes before the symptom: what follows a red check would only repeat it.
      if (!last.result.passed) break;
    }
    await takeBack(work, routed, worktreePath, applied.headSha);
    if (last && !last.result.passed) return rejected(work, last, results, applied, routed.baseSha);
    const result: VerifyingResult = {
      checks: results,
      isVerified: results.length > 0,
      treeSha: applied.treeSha,
    };
    const facts = results.map(({ kind, command }) => `check:${kind}:${command}:${applied.treeSha}`);
    return { end: 'done', result, facts };
  });
}

interface RanCheck {
  check: Check;
  result: CheckResult;
  sessionId: string;
  process: ProcessEvidence;
}

async function runCheck(
  work: Work,
  check: Check,
  index: number,
  worktreePath: string,
  treeSha: string,
): Promise<RanCheck> {
  const named = { purpose: 'check', name: `${index + 1}-${check.kind}` } as const;
  const { session, end } = await supervise(work, {
    ...named,
    attempt: await sessionAttempt(work, named, (ended) => verdictStands(work, ended)),
    cwd: worktreePath,
    wallClockMs: work.settings.checkTimeLimitMs,
    prepare: async () => ({ argv: ['sh', '-c', check.command], env: work.settings.checkEnvironment }),
    onEnd: (query, end) => recordCheck(query, work, check, end, treeSha),
  });
  const { stdout, stderr } = await readOutput(session.directory, outputTailBytes);
  const process = await sessionEvidence(session.directory, check.command, end);
  if (end.reason === 'lost') {
    throw new TransientError({
      code: 'CHECK_LOST',
      component: 'pipeline',
      operation: 'verify',
      message: `The check "${check.command}" died without an end: it was killed, or the machine went down.`,
      advice: 'Retry it: `moose retry ID --from verifying`.',
      failureClass: 'unknown',
      metadata: { sessionId: session.id, process },
    });
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
  return { check, result, sessionId: session.id, process };
}

/** A red check whose failure was recorded has had its say, and is run again; one that was not heard is not. */
async function verdictStands(work: Work, { id: sessionId, exitCode }: SessionRow): Promise<boolean> {
  if (exitCode === 0) return true;
  const failed = { workOrderId: work.order.id, sessionId, operation: 'verify' };
  return !(await work.database.run((query) => hasFailed(query, failed), work.signal));
}

/** One whose end nobody saw has not finished. */
async function recordCheck(
  query: Query,
  work: Work,
  check: Check,
  end: SessionEnd,
  treeSha: string,
): Promise<void> {
  if (end.reason === 'lost') return;
  const { exitCode } = end;
  await recordEvent(query, {
    workOrderId: work.order.id,
    kind: 'check.finished',
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

async function rejected(
  work: Work,
  { check, result, ...told }: RanCheck,
  checks: CheckResult[],
  applied: ApplyingResult,
  baseSha: string,
): Promise<StepEnd> {
  const classification = classifyCheck(result);
  const recipe: Recipe = {
    kind: 'check',
    baseSha,
    treeSha: applied.treeSha,
    commands: checks.map(({ command }) => command),
    environment: toldEnvironment(work.settings.checkEnvironment),
    stoppedBecause: result.stoppedBecause,
  };
  const { rule, confidence, context } = classification;
  const metadata = { rule, confidence, context, ...told, recipe };
  const lack = lacksOfTheMachine[rule];
  if (lack) throw lacking(work, check, result, classification.failureClass, lack, metadata);
  const summary = `The ${check.kind} check \`${check.command}\` ${howItEnded(result)}.`;
  // The machine or the network failed the check, not the change: the check is run again as it is.
  const isPassing =
    result.stoppedBecause === null && classification.retryable && classification.category === 'transient';
  const CheckFailure = isPassing ? TransientError : PermanentError;
  const failure = new CheckFailure({
    code: isPassing ? 'CHECK_INTERRUPTED' : 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    workOrderId: work.order.id,
    message: summary,
    advice: 'Look at its output with `moose show ID`; retry with instructions: `moose retry ID --note "…"`.',
    failureClass: classification.failureClass,
    retryable: classification.retryable,
    type: classification.type,
    recoverability: classification.recoverability,
    metadata,
  });
  const generated = await findResult<GeneratingResult>(work, 'generating');
  const feedback: Feedback = {
    summary,
    output: result.outputTail,
    failureClass: classification.failureClass,
    tried: generated?.proposal?.plan ?? null,
    context: classification.context,
  };
  return {
    end: 'refine',
    result: { checks, isVerified: true, treeSha: applied.treeSha, feedback } satisfies VerifyingResult,
    failure,
  };
}

function howItEnded({ stoppedBecause, signal, exitCode }: CheckResult): string {
  if (stoppedBecause === 'output_limit') return 'wrote too much, and was stopped';
  if (stoppedBecause === 'silent') return 'wrote nothing for too long, and was stopped';
  if (stoppedBecause !== null) return 'took too long, and was stopped';
  return signal === null ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
}

interface Lack {
  code: string;
  what: string;
  advice: string;
}

/** What the machine lacks no model can mend; by the rule that recognised it. */
const lacksOfTheMachine: Readonly<Record<string, Lack>> = {
  'shell.command-missing': {
    code: 'CHECK_PROGRAM_MISSING',
    what: 'needs a program that is not there',
    advice:
      'Install it, or set it up in a check of its own (--check setup=…); then `moose retry ID --from verifying`.',
  },
  'host.full': {
    code: 'DISK_FULL',
    what: 'found the disk full',
    advice: 'Free some space; then `moose retry ID --from verifying`.',
  },
};

function lacking(
  work: Work,
  check: Check,
  result: CheckResult,
  failureClass: FailureClass,
  { code, what, advice }: Lack,
  metadata: Record<string, unknown>,
): ConfigurationError {
  const said = result.outputTail.trim().split('\n').at(-1)?.slice(0, 300);
  return new ConfigurationError({
    code,
    component: 'pipeline',
    operation: 'verify',
    workOrderId: work.order.id,
    message: `The ${check.kind} check \`${check.command}\` ${what}: ${said || 'it said nothing'}`,
    advice,
    failureClass,
    metadata,
  });
}
