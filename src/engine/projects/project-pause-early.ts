// What Moose does with runs of a project that are going nowhere (R-REC-9).
import { PermanentError } from '../../domain/failure.ts';
import { problemOfThreshold } from '../../domain/nowhere/pause-early.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

export const pauseEarlyIn = ({ pause_early, pause_early_above }: ProjectSettings) => ({
  pause_early: pause_early ?? null,
  pause_early_above: pause_early_above ?? null,
});

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
