// What Moose does with runs of a project that are going nowhere (R-REC-9): only a person may let more of them
// continue.
import type * as wire from '../../contract/contract.ts';
import { PermanentError } from '../../domain/failure.ts';
import { isLooserMode, problemOfThreshold } from '../../domain/nowhere/pause-early.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

export const pauseEarlyIn = ({ pause_early, pause_early_above }: ProjectSettings) => ({
  pause_early: pause_early ?? null,
  pause_early_above: pause_early_above ?? null,
});

/** The setting for all projects may change at any time, so a program may replace it only by the strictest value. */
export function loosenedPause(
  now: Pick<wire.Project, 'name' | 'pause_early' | 'pause_early_above'>,
  { pauseEarly: mode, pauseEarlyAbove: above }: Pick<ProjectChange, 'pauseEarly' | 'pauseEarlyAbove'>,
): string[] {
  const { name, pause_early, pause_early_above } = now;
  const isMode =
    mode !== undefined &&
    mode !== pause_early &&
    (mode === null ? pause_early !== 'off' : isLooserMode(pause_early ?? 'act', mode));
  const isAbove =
    above !== undefined &&
    above !== pause_early_above &&
    (above === null || pause_early_above === null || above > pause_early_above);
  return isMode || isAbove ? [`letting more runs of ${name} that are going nowhere continue`] : [];
}

/** @throws PermanentError `PAUSE_THRESHOLD_REFUSED` */
export function assertThreshold(above: number | null | undefined): void {
  const problem = typeof above === 'number' ? problemOfThreshold(above) : null;
  if (problem === null) return;
  throw new PermanentError({
    code: 'PAUSE_THRESHOLD_REFUSED',
    component: 'projects',
    operation: 'change',
    message: `A threshold of ${above} ${problem}.`,
    advice: 'Choose a higher threshold. `moose nowhere` shows how good the score is.',
  });
}

export const pauseEarlySettings = ({
  pauseEarly,
  pauseEarlyAbove,
}: Pick<ProjectChange, 'pauseEarly' | 'pauseEarlyAbove'>) => ({
  ...(pauseEarly === undefined ? {} : { pause_early: pauseEarly }),
  ...(pauseEarlyAbove === undefined ? {} : { pause_early_above: pauseEarlyAbove }),
});
