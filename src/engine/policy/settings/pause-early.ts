// What Moose does with a run that is going nowhere (R-REC-9).
import { z } from 'zod';
import {
  lowestThreshold,
  type PauseEarly,
  type PauseEarlyMode,
  pauseEarlyModes,
  problemOfThreshold,
} from '../../../domain/nowhere/pause-early.ts';
import type { Setting } from './definition.ts';
import { oneOf, partOf } from './kinds.ts';

const error = 'must be a share from 0.01 to 1, for example 0.95';

export const thresholdSchema = z
  .number({ error })
  .min(0.01, { error })
  .max(1, { error })
  .superRefine((above, context) => {
    const problem = problemOfThreshold(above);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

export const pauseEarly: Setting<PauseEarly> = {
  // Warns by default: the labelled runs are from a scripted model, so each installation measures itself first.
  default: { mode: 'warn', above: lowestThreshold() },
  parts: [
    partOf<PauseEarly, PauseEarlyMode>({
      key: 'settings.policies.pause_early',
      kind: 'choice',
      choices: pauseEarlyModes,
      schema: oneOf(pauseEarlyModes),
      title: 'A run that is going nowhere',
      help: 'warn: Moose shows a warning, lets the run continue, and measures whether the warning was right. act: Moose stops the run before it pays for another cycle, and asks a person. off: neither. A project can set another value.',
      read: ({ mode }) => mode,
      write: (value, mode) => ({ ...value, mode }),
    }),
    partOf<PauseEarly, number>({
      key: 'settings.policies.pause_early_above',
      kind: 'share',
      min: 0.01,
      max: 1,
      schema: thresholdSchema,
      title: 'Score at which a run counts as going nowhere',
      help: 'A share from 0 to 1: the estimated chance that the run ends without a good change. A value that would pause more than 2 % of the labelled runs that end well is refused.',
      read: ({ above }) => above,
      write: (value, above) => ({ ...value, above }),
    }),
  ],
};
