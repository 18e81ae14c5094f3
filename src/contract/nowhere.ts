// Runs that are probably going nowhere: the score of each, and how good the score is (R-REC-9).
import { z } from '@hono/zod-openapi';
import { pauseEarlyModes } from '../domain/nowhere/pause-early.ts';
import { time, usd, uuid } from './base.ts';

const share = z.number().min(0).max(1);
const estimate = z
  .object({ value: share, low: share, high: share })
  .openapi({ description: 'With its 95 % interval.' });

const runScore = z.object({
  cycle: z.number().int().openapi({ description: 'The cycle after which it was computed, from 1.' }),
  score: share.openapi({ description: 'The estimated chance that the run ends without a good change.' }),
  above: share.openapi({ description: 'The threshold in effect at that time.' }),
  mode: z.enum(pauseEarlyModes).openapi({ description: 'What Moose does at the threshold.' }),
  is_over: z.boolean(),
  has_paused: z.boolean(),
  reasons: z.array(z.string()).openapi({ description: 'The strongest first.' }),
  now: z
    .object({ score: share, reasons: z.array(z.string()) })
    .nullable()
    .openapi({
      description:
        'While the next cycle is under way: the score with its proposal so far. It pauses nothing. Null: no cycle is under way.',
    }),
  at: time,
});
export const runScoreSchema = runScore.openapi('RunScore');
export type RunScore = z.infer<typeof runScoreSchema>;
export const workOrderScoreSchema = z
  .object({
    score: runScore.nullable().openapi({
      description: 'The newest score of its newest run; null before the first failed cycle.',
    }),
  })
  .openapi('WorkOrderScore');

export const nowhereSchema = z
  .object({
    mode: z.enum(pauseEarlyModes),
    above: share,
    /** The runs of a scripted model with known ends, of which a half was not used for the fit. */
    labelled: z.object({
      runs: z.number().int(),
      held_back: z.number().int(),
      nowhere: z.number().int(),
      above: share,
      precision: estimate,
      recall: estimate,
      paused_well: estimate,
      saved_share: estimate,
      calibration_error: z.number(),
      ranking: share,
      shuffled_ranking: share,
    }),
    /** The ended runs of the last 30 days that were scored, without those that a person cancelled. */
    here: z.object({
      runs: z.number().int(),
      nowhere: z.number().int(),
      warned: z.number().int(),
      warned_nowhere: z.number().int(),
      paused: z.number().int(),
      precision: estimate.nullable(),
      recall: estimate.nullable(),
      avoidable_usd: usd.openapi({ description: 'Spent after the warning by runs that went nowhere.' }),
    }),
    /** Runs under way, highest score first. */
    open: z.array(runScoreSchema.extend({ work_order_id: uuid, title: z.string() })),
  })
  .openapi('Nowhere');
export type Nowhere = z.infer<typeof nowhereSchema>;
