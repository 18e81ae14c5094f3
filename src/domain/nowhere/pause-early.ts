// What Moose does with the score of a run, and which thresholds are allowed (R-REC-9). Pure.
import { pausedWell } from './model.ts';

export const pauseEarlyModes = ['warn', 'act', 'off'] as const;
export type PauseEarlyMode = (typeof pauseEarlyModes)[number];

const strictness: Record<PauseEarlyMode, number> = { off: 0, warn: 1, act: 2 };

/** Whether fewer runs are stopped or reported than before. */
export function isLooserMode(now: PauseEarlyMode, next: PauseEarlyMode): boolean {
  return strictness[next] < strictness[now];
}

export interface PauseEarly {
  mode: PauseEarlyMode;
  /** The score from which a run counts as going nowhere. */
  above: number;
}

/** The maximum share of labelled, well-ended runs that a threshold may pause; a threshold above that is refused. */
export const pausedWellMax = 0.02;

/** The share of the labelled runs that end well but would be paused at this threshold. */
export function pausedWellAt(above: number): number {
  return pausedWell.scores.filter((score) => score >= above).length / pausedWell.runs;
}

/** The lowest allowed threshold, in hundredths. */
export function lowestThreshold(): number {
  for (let hundredths = 1; hundredths < 100; hundredths++)
    if (pausedWellAt(hundredths / 100) <= pausedWellMax) return hundredths / 100;
  return 1;
}

/** Why a threshold is refused; null if it is allowed. */
export function problemOfThreshold(above: number): string | null {
  if (!(above >= 0.01 && above <= 1)) return 'is not a share from 0.01 to 1';
  const share = pausedWellAt(above);
  if (share <= pausedWellMax) return null;
  const percent = (part: number) => `${Math.round(part * 1_000) / 10} %`;
  return `would pause ${percent(share)} of the labelled runs that end well, and at most ${percent(pausedWellMax)} are allowed: ${lowestThreshold()} is the lowest allowed value`;
}

export function pauseEarlyOf(
  system: PauseEarly,
  project: { pause_early?: PauseEarlyMode; pause_early_above?: number },
): PauseEarly {
  return { mode: project.pause_early ?? system.mode, above: project.pause_early_above ?? system.above };
}
