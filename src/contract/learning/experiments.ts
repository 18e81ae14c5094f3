// Experiments: two policies that share a project's work orders by chance (R-LRN-5).
import { z } from '@hono/zod-openapi';
import { usd } from '../base.ts';

const policy = z.string().min(1).max(1_000).openapi({
  description: '`static`, `learned`, or `fixed:` and up to three arms or models, joined by `>`.',
});

/** Less is rounded to nothing, and a cap of nothing cannot be stored. */
const capUsdMin = 0.000_001;

export const experimentRequestSchema = z
  .object({
    project: z.string().min(1).max(200),
    a: policy,
    b: policy,
    cap_usd: z.number().min(capUsdMin).max(1e9).openapi({
      description: 'No more work orders are assigned once those of the experiment have cost this much.',
    }),
  })
  .strict()
  .openapi('NewExperiment');
export type ExperimentRequest = z.infer<typeof experimentRequestSchema>;

export const experimentResultSchema = z.object({
  assigned: z.number().int(),
  settled: z
    .number()
    .int()
    .openapi({ description: 'Those that ended with a verified outcome, or were stopped.' }),
  pending: z.number().int(),
  not_counted: z.number().int().openapi({
    description: 'Those that ended without a verified outcome, for example because the provider failed.',
  }),
  left_to_static: z.number().int().openapi({
    description:
      'Those whose policy could not choose, so that the static rule did. They count for their policy.',
  }),
  of_a: z.number().int().openapi({ description: 'Settled work orders of policy a.' }),
  spent_usd: usd,
  difference_usd: usd.openapi({ description: 'Value of a minus value of b, for each work order.' }),
  low_usd: usd.nullable().openapi({ description: 'Null: too few work orders for an interval.' }),
  high_usd: usd.nullable(),
});
export type ExperimentResult = z.infer<typeof experimentResultSchema>;

export const experimentSchema = z
  .object({
    id: z.string(),
    project: z.string(),
    a: z.string(),
    b: z.string(),
    share_of_a: z.number(),
    value_usd: usd.openapi({ description: 'The assumed value of a finished work order.' }),
    cap_usd: usd,
    state: z.enum(['running', 'decided', 'capped', 'stopped']),
    verdict: z.string().openapi({ description: 'In a sentence.' }),
    ...experimentResultSchema.shape,
    created_by: z.string(),
    created_at: z.string(),
    ended_by: z.string().nullable(),
    ended_at: z.string().nullable(),
  })
  .openapi('Experiment');
export type Experiment = z.infer<typeof experimentSchema>;

export const experimentsSchema = z.object({ items: z.array(experimentSchema) }).openapi('Experiments');
export type Experiments = z.infer<typeof experimentsSchema>;
