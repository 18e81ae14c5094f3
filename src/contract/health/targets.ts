// Moose's targets and current results: recovery and error budget per failure class, and the quality of messages.
import { z } from '@hono/zod-openapi';
import { burns } from '../../domain/limits/targets.ts';
import { failureClass, usd } from '../base.ts';

const share = z.number().min(0).max(1);
const rate = z.number().nullable().openapi({
  description: '1 uses up the error budget exactly in its period; null without a failure.',
});

export const targetsSchema = z
  .object({
    days: z.number().int().openapi({ description: 'The period of the error budgets.' }),
    recovery_ms_goal: z.number().openapi({ description: 'The goal for `p95_ms`.' }),
    classes: z
      .array(
        z.object({
          failure_class: failureClass,
          recovered: z.number().int(),
          unrecovered: z.number().int(),
          rate: share.nullable().openapi({ description: 'The recovered share; null without a failure.' }),
          objective: share
            .nullable()
            .openapi({ description: 'Null for a class that only a person can resolve.' }),
          budget_left: z
            .number()
            .nullable()
            .openapi({ description: '1 is all of the error budget; below 0 it is overdrawn.' }),
          burn: z.enum(burns).openapi({
            description:
              'fast: over 6 h and 30 min more than 6 times; slow: over 3 days and 6 h more than once.',
          }),
          burn_rates: z.object({ '30m': rate, '6h': rate, '3d': rate }),
          p50_ms: z.number().nullable(),
          p95_ms: z.number().nullable(),
          cost_usd: usd.nullable().openapi({
            description: 'The mean cost of model calls from a failure to its recovery; null if unknown.',
          }),
        }),
      )
      .openapi({ description: 'Classes with a resolved failure in the period.' }),
    messages: z.object({
      days: z.number().int(),
      errors: z.number().int(),
      with_cause: z.number().int(),
      with_evidence: z.number().int(),
      with_advice: z.number().int(),
      complete: z.number().int(),
      share: share.nullable(),
      objective: share,
      lacking: z
        .array(
          z.object({
            code: z.string(),
            errors: z.number().int(),
            lacks: z.array(z.enum(['cause', 'evidence', 'advice'])),
          }),
        )
        .openapi({ description: 'The codes that most often lack something.' }),
    }),
  })
  .openapi('Targets');
export type Targets = z.infer<typeof targetsSchema>;
