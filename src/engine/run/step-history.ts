// What a run remembers of the failures of its present step. Retries are counted per failure code: a fault of Moose's own
// parts never uses up the attempt of an agent (R-GO-1).
import type { MooseError } from '../../domain/failure.ts';
import type { RunStep, Step } from '../../domain/transitions.ts';
import type { AwaitedReturn, RunSettings, StepRetries } from '../../domain/work-order/work-order.ts';
import type { Query } from '../../store/database.ts';
import type { Run } from '../../store/work/runs/runs.ts';
import { recordFailure } from '../errors/record-failure.ts';
import type { RecoveryAct } from '../policy/recovery-policy.ts';
import { failureNote } from './feedback.ts';
import type { Work } from './work.ts';

type Counted = Pick<Run, 'settings' | 'cycle'>;

/** How often the present step was retried because of this failure. */
export function retriesOf(run: Counted, step: Step, code: string): number {
  return retriedNow(run, step)?.counts[code] ?? 0;
}

/** The settings of the run after one more retry. */
export function withRetry(run: Counted, step: Step, failure: MooseError): RunSettings {
  const counts = { ...retriedNow(run, step)?.counts };
  counts[failure.code] = (counts[failure.code] ?? 0) + 1;
  return { ...run.settings, retried: { step, cycle: run.cycle, counts, failure: failureNote(failure) } };
}

/** Failures of an agent that a fresh attempt may cure, and that the fresh attempt is told about. */
const ofTheAgent: ReadonlySet<string> = new Set(['AGENT_CRASHED', 'AGENT_FAILED', 'AGENT_SILENT']);

/** Another model may not cause them (R-GO-2). */
export const mayBeOfTheModel = (code: string) => ofTheAgent.has(code);

/** A brief that says how the previous attempt at it ended (R-GO-2). */
export function briefAfter(brief: string, run: Counted, step: RunStep): string {
  const failure = retriedNow(run, step)?.failure;
  if (!failure || !ofTheAgent.has(failure.code)) return brief;
  return `${brief}\n\n## The previous attempt\n\nAn attempt at this ended early, and its changes are gone: ${failure.message}\nDo not end the same way.\n`;
}

function retriedNow({ settings: { retried }, cycle }: Counted, step: Step): StepRetries | undefined {
  return retried?.step === step && retried.cycle === cycle ? retried : undefined;
}

/** Looks are seconds apart; a longer gap is time in which Moose did not run. */
const gapMsMax = 5 * 60_000;

/**
 * How long a step has waited for what comes back by itself, such as a remote, disk space or memory (R-GO-9). In
 * milliseconds, until now.
 */
export function waitedMsOf(run: Counted, step: Step, now: Date): number {
  const awaited = awaitedNow(run, step);
  if (!awaited) return 0;
  const gapMs = Math.max(0, now.getTime() - Date.parse(awaited.lookedAt));
  return awaited.waitedMs + Math.min(gapMs, gapMsMax);
}

/** How often this step has looked for this in vain, without looks for something else in between. */
export function looksFor(run: Counted, step: Step, code: string): number {
  const awaited = awaitedNow(run, step);
  return awaited?.code === code ? awaited.looks : 0;
}

function awaitedNow({ settings: { awaited }, cycle }: Counted, step: Step): AwaitedReturn | undefined {
  return awaited?.step === step && awaited.cycle === cycle ? awaited : undefined;
}

/** The settings of the run after a look in vain. */
export function stillAway(run: Counted, step: Step, code: string, now: Date): RunSettings {
  const awaited: AwaitedReturn = {
    step,
    cycle: run.cycle,
    code,
    looks: looksFor(run, step, code) + 1,
    waitedMs: waitedMsOf(run, step, now),
    lookedAt: now.toISOString(),
  };
  return { ...run.settings, awaited };
}

/** Records the failure that ends a step, unless it already has a row. */
export async function recordOnce(
  query: Query,
  { order, run }: Work,
  step: Step,
  failure: MooseError,
  strategy: RecoveryAct,
): Promise<void> {
  if (failure.isRecorded) return;
  const attempt = run.stepAttempt + run.pauses + 1;
  await recordFailure(query, failure, { workOrderId: order.id, runId: run.id, step, attempt, strategy });
}
