// How long a step has waited for what comes back by itself: a remote, disk space, memory (R-GO-9).
import type { Step } from '../../domain/transitions.ts';
import type { AwaitedReturn, RunSettings } from '../../domain/work-order.ts';
import type { Run } from '../../store/work/runs.ts';

type Waiting = Pick<Run, 'settings' | 'cycle'>;

/** Looks are seconds apart; a longer gap is time in which Moose did not run. */
const gapMsMax = 5 * 60_000;

/** In milliseconds, until now. */
export function waitedMsOf(run: Waiting, step: Step, now: Date): number {
  const awaited = present(run, step);
  if (!awaited) return 0;
  const gapMs = Math.max(0, now.getTime() - Date.parse(awaited.lookedAt));
  return awaited.waitedMs + Math.min(gapMs, gapMsMax);
}

/** How often this step has looked for this in vain, without looks for something else in between. */
export function looksFor(run: Waiting, step: Step, code: string): number {
  const awaited = present(run, step);
  return awaited?.code === code ? awaited.looks : 0;
}

function present({ settings: { awaited }, cycle }: Waiting, step: Step): AwaitedReturn | undefined {
  return awaited?.step === step && awaited.cycle === cycle ? awaited : undefined;
}

/** The settings of the run after a look in vain. */
export function stillAway(run: Waiting, step: Step, code: string, now: Date): RunSettings {
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
