// Retries of a step, counted per failure code: a fault of Moose's own parts never uses up the attempt of an agent
// (R-GO-1).
import type { MooseError } from '../../domain/failure.ts';
import type { RunStep, Step } from '../../domain/transitions.ts';
import type { RunSettings, StepRetries } from '../../domain/work-order.ts';
import type { Run } from '../../store/work/runs.ts';
import { failureNote } from '../run/feedback.ts';

type Counted = Pick<Run, 'settings' | 'cycle'>;

/** How often the present step was retried because of this failure. */
export function retriesOf(run: Counted, step: Step, code: string): number {
  return present(run, step)?.counts[code] ?? 0;
}

/** The settings of the run after one more retry. */
export function withRetry(run: Counted, step: Step, failure: MooseError): RunSettings {
  const counts = { ...present(run, step)?.counts };
  counts[failure.code] = (counts[failure.code] ?? 0) + 1;
  return { ...run.settings, retried: { step, cycle: run.cycle, counts, failure: failureNote(failure) } };
}

/** Failures of an agent that a fresh attempt may cure, and that the fresh attempt is told about. */
const ofTheAgent: ReadonlySet<string> = new Set(['AGENT_CRASHED', 'AGENT_FAILED', 'AGENT_SILENT']);

/** Another model may not cause them (R-GO-2). */
export const mayBeOfTheModel = (code: string) => ofTheAgent.has(code);

/** A brief that says how the previous attempt at it ended (R-GO-2). */
export function briefAfter(brief: string, run: Counted, step: RunStep): string {
  const failure = present(run, step)?.failure;
  if (!failure || !ofTheAgent.has(failure.code)) return brief;
  return `${brief}\n\n## The previous attempt\n\nAn attempt at this ended early, and its changes are gone: ${failure.message}\nDo not end the same way.\n`;
}

function present({ settings: { retried }, cycle }: Counted, step: Step): StepRetries | undefined {
  return retried?.step === step && retried.cycle === cycle ? retried : undefined;
}
