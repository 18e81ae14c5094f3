// Decides what caused a failed check: the change, the machine, or neither because it failed before the change
// (R-PROJ-6, R-PROJ-7).

import { type Classification, classifyCheck } from '../../../classifier/classify.ts';
import { seenIn } from '../../../classifier/lack.ts';
import type { MooseError } from '../../../domain/failure.ts';
import { leftOutSentence } from '../../../domain/machine/ignored-files.ts';
import { type CheckResult, isVerification, wasKilled } from '../../../domain/work-order/check.ts';
import type { Lack, SeenFailure } from '../../../domain/work-order/seen-failure.ts';
import type { ApplyingResult, Feedback, VerifyingResult } from '../../../domain/work-order/step-result.ts';
import { diffText } from '../../../git/read/patch.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { type Recipe, shownEnvironment } from '../../errors/reproduce/recipe.ts';
import type { CopiedFiles } from '../../run/copied-files.ts';
import { recoveryContext } from '../../run/recovery-context.ts';
import { findResult } from '../../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { planSource } from '../../specs/contract-parts.ts';
import { onBase } from '../../workplace/checks/base-check.ts';
import { lackFailure, setupRedBefore } from '../../workplace/checks/check-lacks.ts';
import { egressRefused } from '../../workplace/checks/egress-refused.ts';
import { asksFor, blameFor, isOfTheMachine, type OnBase } from '../../workplace/checks/red-before.ts';
import type { RanCheck } from '../../workplace/checks/run-check.ts';
import { limitFailure } from '../../workplace/sessions/passed-limit.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

export interface Red {
  ran: RanCheck;
  index: number;
  /** The results of all checks that have run; this one is last. */
  results: readonly CheckResult[];
  checks: readonly RanCheck['check'][];
  applied: ApplyingResult;
  worktreePath: string;
  baseSha: string;
  /** Ignored files of the checkout that are in the worktree. */
  copied?: Pick<CopiedFiles, 'files'> | null;
}

export type Judged = { end: StepEnd<'verifying'>; redBefore?: never } | { end: null; redBefore: string[] };

/** @throws ConfigurationError if the machine lacks something */
export async function judgeRed(work: Work, red: Red): Promise<Judged> {
  const { result } = red.ran;
  const classification = classifyCheck(result);
  await assertNoLimitPassed(work, red, classification);
  const seen = seenIn(result, red.worktreePath, classification);
  const interrupted = isPassing(result, classification)
    ? checkFailure(work, red, classification, { isPassing: true, summary: summaryOf(red) })
    : null;
  await assertNotRefused(work, red, classification, interrupted !== null || seen.lack !== null);
  // The machine or the network interrupted the check, not the change: it is repeated unchanged, as long as that may
  // help.
  if (interrupted) {
    const mayBeOurs = seen.lack !== null || wasKilled(result);
    const isAgain = !mayBeOurs || (await isRetried(work, interrupted));
    if (!isAgain && (await isKilledOnBase(work, red))) await throwLack(work, red, killed, classification);
    if (isAgain || seen.lack === null)
      return { end: await refineEnd(work, red, interrupted, summaryOf(red)) };
  }
  if (seen.lack?.kind === 'disk') await throwLack(work, red, seen.lack, classification);
  const base = await baseFor(work, red, seen);
  if (seen.lack && isOfTheMachine(seen.lack, base, await isInChange(work, red, seen.lack))) {
    await throwLack(work, red, seen.lack, classification);
  }
  const blame = blameFor(seen, base, isAsked(work, red, seen));
  if (blame.is === 'red before') {
    if (result.kind === 'setup') {
      await keepForAPerson(work, red);
      throw setupRedBefore(work, result, { ...evidence(work, red, classification) });
    }
    return { end: null, redBefore: blame.failures };
  }
  const summary = summaryOf(red, blame);
  const failure =
    interrupted ??
    checkFailure(work, red, classification, { isPassing: false, summary, before: blame.before });
  return { end: await refineEnd(work, red, failure, summary, blame.before) };
}

async function assertNoLimitPassed(work: Work, red: Red, classification: Classification): Promise<void> {
  const { result, session } = red.ran;
  const failure = limitFailure(work, {
    reason: result.stoppedBecause,
    what: `${result.kind} check "${result.command}"`,
    step: 'verifying',
    ...session,
    metadata: evidence(work, red, classification),
  });
  if (failure === null) return;
  await keepForAPerson(work, red);
  throw failure;
}

/**
 * A check that was refused a host proves nothing about the change, unless the change itself needs that host. If the
 * failure does not look like a network failure, its output must name the host, and the base must fail too.
 */
async function assertNotRefused(
  work: Work,
  red: Red,
  classification: Classification,
  isOfNetwork: boolean,
): Promise<void> {
  const { refused, result } = red.ran;
  if (!refused) return;
  const isTold = result.kind === 'setup' || refused.some(({ host }) => result.outputTail.includes(host));
  if (!isOfNetwork && (!isTold || result.stoppedBecause !== null)) return;
  for (const { host } of refused) if (await isInChange(work, red, { kind: 'service', name: host })) return;
  if (!isOfNetwork && (await askBase(work, red, { isFresh: false })) === null) return;
  await keepForAPerson(work, red);
  throw egressRefused(work, result, refused, evidence(work, red, classification), 'verifying');
}

function isPassing(result: CheckResult, { retryable, category }: Classification): boolean {
  return result.stoppedBecause === null && retryable && category === 'transient';
}

async function isRetried(work: Work, failure: MooseError): Promise<boolean> {
  return (
    work.recovery.handleError(failure, await recoveryContext(work, 'verifying', failure.code)).act === 'retry'
  );
}

const killed: Lack = { kind: 'memory', name: '' };

/** If the base cannot run to its end here either, the change is not to blame. */
async function isKilledOnBase(work: Work, red: Red): Promise<boolean> {
  if (!wasKilled(red.ran.result)) return false;
  return (await askBase(work, red, { isFresh: true }))?.lack?.kind === 'memory';
}

function askBase(work: Work, { ran, index, checks, baseSha }: Red, how: { isFresh: boolean }) {
  const before = checks.slice(0, index).filter(({ kind }) => kind === 'setup' || kind === 'build');
  return onBase(work, { check: ran.check, before, index, baseSha }, how);
}

/** Runs the check on the base only if its result changes the verdict. */
async function baseFor(work: Work, red: Red, seen: SeenFailure): Promise<OnBase> {
  const isComparable = !isGiven(work, red) || seen.testNames.length > 0;
  if (seen.lack === null && (!isComparable || isAskedByText(work, red, seen))) return undefined;
  const base = await askBase(work, red, { isFresh: seen.lack !== null });
  // A base check that was killed from outside says nothing about a check that ran to its end.
  return base?.lack?.kind === 'memory' ? undefined : base;
}

/** A check that a person or the plan gives with the work order states the purpose of the change. */
function isGiven({ order }: Work, { ran }: Red): boolean {
  const isGiven = order.settings.checks !== undefined || ran.check.source === planSource;
  return isGiven && isVerification(ran.check);
}

function isAsked(work: Work, red: Red, seen: SeenFailure): boolean {
  return isGiven(work, red) || isAskedByText(work, red, seen);
}

function isAskedByText({ order, run }: Work, { ran }: Red, seen: SeenFailure): boolean {
  const text = [order.title, order.description, order.acceptance, run.settings.note ?? ''].join('\n');
  return asksFor(text, ran.check.command, seen);
}

/** Whether the files of the change use the missing thing: import a package, or read a variable. */
async function isInChange(work: Work, { applied, baseSha }: Red, { name }: Lack): Promise<boolean> {
  if (name === '') return false;
  const { repositoryPath } = work.project;
  const diff = await diffText({ repositoryPath, from: baseSha, to: applied.headSha, signal: work.signal });
  return diff
    .split('\n')
    .some((line) => line.startsWith('+') && !line.startsWith('+++') && line.includes(name));
}

/** Keeps the results of the checks, because a person may accept the change anyway. */
async function keepForAPerson(work: Work, { results, applied }: Red): Promise<void> {
  const { order, run, clock } = work;
  const { treeSha } = applied;
  const result: VerifyingResult = { checks: [...results], isVerified: false, isUnfinished: true, treeSha };
  const owner = { runId: run.id, workOrderId: order.id, step: 'verifying', cycle: run.cycle } as const;
  await fenced(work, (query) => saveStepResult(query, { ...owner, result, startedAt: clock.now() }));
}

async function throwLack(work: Work, red: Red, lack: Lack, classification: Classification): Promise<never> {
  await keepForAPerson(work, red);
  throw lackFailure(
    work,
    red.ran.result,
    lack,
    classification.failureClass,
    evidence(work, red, classification),
  );
}

function evidence(
  { settings, checkVariables }: Work,
  { ran, results, applied, baseSha, copied }: Red,
  { rule, confidence, context }: Classification,
): Record<string, unknown> {
  const { check: _, result, report: __, session: ___, ...told } = ran;
  const recipe: Recipe = {
    kind: 'check',
    baseSha,
    treeSha: applied.treeSha,
    commands: results.map(({ command }) => command),
    environment: { ...shownEnvironment(settings.checkEnvironment), ...checkVariables },
    stoppedBecause: result.stoppedBecause,
    ...(copied ? { copied: copied.files.map(({ path }) => path) } : {}),
  };
  return { rule, confidence, context, ...told, recipe };
}

function checkFailure(
  work: Work,
  red: Red,
  classification: Classification,
  { isPassing: passes, summary, before = [] }: { isPassing: boolean; summary: string; before?: string[] },
): MooseError {
  const raise = passes ? pipelineFailures.CHECK_INTERRUPTED : pipelineFailures.CHECK_FAILED;
  const facts = {
    operation: 'verify',
    workOrderId: work.order.id,
    failureClass: classification.failureClass,
    retryable: classification.retryable,
    type: classification.type,
    recoverability: classification.recoverability,
    metadata: {
      ...evidence(work, red, classification),
      ...(before.length > 0 ? { redBefore: before.slice(0, namesShownMax) } : {}),
    },
  };
  return raise(facts, { summary });
}

async function refineEnd(
  work: Work,
  { ran: { result }, results, applied }: Red,
  failure: MooseError,
  summary: string,
  before: readonly string[] = [],
): Promise<StepEnd<'verifying'>> {
  const { failureClass, context } = classifyCheck(result);
  const generated = await findResult(work, 'generating');
  const feedback: Feedback = {
    summary,
    output: result.outputTail,
    failureClass,
    tried: generated?.proposal?.plan ?? (applied.summary || null),
    context: { ...context, ...withoutNames(context.testNames, before) },
    ...(before.length > 0 ? { redBefore: before.slice(0, namesShownMax) } : {}),
  };
  const verified: VerifyingResult = {
    checks: [...results],
    isVerified: false,
    treeSha: applied.treeSha,
    feedback,
  };
  return { end: 'refine', result: verified, failure };
}

function withoutNames(
  names: readonly string[] | undefined,
  before: readonly string[],
): { testNames?: string[] } {
  return names && before.length > 0 ? { testNames: names.filter((name) => !before.includes(name)) } : {};
}

const namesShownMax = 20;

function summaryOf(
  { ran: { result }, applied }: Red,
  blame?: { fresh: readonly string[]; before: readonly string[] },
): string {
  const ended = `The ${result.kind} check \`${result.command}\` ${howItEnded(result)}.`;
  const said = [ended, leftOutSentence(applied)].filter(Boolean).join(' ');
  if (!blame || blame.before.length === 0) return said;
  const named = blame.before.slice(0, namesShownMax).map((name) => JSON.stringify(name));
  return `${said} These failed before the change too and do not count against it: ${named.join(', ')}.`;
}

function howItEnded({ stoppedBecause, signal, exitCode }: CheckResult): string {
  if (stoppedBecause === 'forged')
    return 'forged its own exit record and was stopped: its result proves nothing';
  if (stoppedBecause === 'output_limit') return 'wrote too much output and was stopped';
  if (stoppedBecause === 'silent') return 'wrote no output for too long and was stopped';
  if (stoppedBecause !== null) return 'took too long and was stopped';
  const ended = signal === null ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
  return wasKilled({ signal, exitCode }) ? `${ended}, as the kernel does when memory is short` : ended;
}
