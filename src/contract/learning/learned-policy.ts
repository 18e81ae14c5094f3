// What the learned policy decided, and how much that saved (R-LRN-4, R-LRN-5).
import { z } from '@hono/zod-openapi';
import { learningModes } from '../../domain/learning/learning-mode.ts';
import { usd } from '../base.ts';
import { decisionLineSchema } from './replay.ts';

export const ownLogQuery = z.object({ after: z.uuid().optional() });
export const ownLogSchema = z
  .object({
    items: z.array(decisionLineSchema),
    missing: z
      .object({
        without_outcome: z.number().int(),
        not_counted: z.number().int(),
        other_arm: z.number().int(),
      })
      .openapi({ description: 'Choices of this page that the log cannot contain.' }),
    next: z.string().nullable().openapi({ description: 'For `after`; null on the last page.' }),
  })
  .openapi('OwnLog');
export type OwnLog = z.infer<typeof ownLogSchema>;

/** Null if there is no estimate. */
const estimated = z.object({ mean: usd, low: usd, high: usd }).nullable();

export const learnedPolicySchema = z
  .object({
    value_usd: usd.openapi({ description: 'The assumed value of a finished work order.' }),
    projects: z.array(
      z.object({
        project: z.string(),
        mode: z.enum(learningModes),
        seen: z.number().int(),
        needed: z.number().int(),
        missing: z
          .number()
          .int()
          .openapi({ description: 'How many more work orders are needed before `on` takes effect.' }),
        arms: z.array(
          z.object({
            arm: z.string(),
            trials: z.number().int(),
            chance: z.number(),
            low: z.number(),
            high: z.number(),
            holds: z.number(),
            cost_usd: usd,
            worth_usd: usd,
          }),
        ),
      }),
    ),
    decisions: z.array(
      z.object({
        work_order_id: z.string(),
        project: z.string(),
        try: z.number().int(),
        policy: z.enum(['learned', 'static', 'fixed']),
        arm: z.string().nullable(),
        because: z.string(),
        decided_at: z.string(),
        outcome: z.enum(['success', 'failure', 'not counted', 'open']),
      }),
    ),
    log: z.object({
      work_orders: z.number().int(),
      value_per_work_order: usd.nullable(),
      missing: ownLogSchema.shape.missing,
    }),
    static: z
      .object({ value_per_work_order: estimated, supported: z.boolean(), effective_sample_size: z.number() })
      .openapi({
        description: 'What the static rule would have returned instead, by the doubly robust estimate.',
      }),
    best_arm: z
      .object({ arm: z.string(), value_per_work_order: estimated, regret_usd: usd })
      .nullable()
      .openapi({ description: 'The best single arm whose estimate is supported; null if there is none.' }),
    comparison: z
      .object({
        work_orders: z.number().int(),
        learned: z.number().int(),
        difference_usd: usd,
        low_usd: usd.nullable(),
        high_usd: usd.nullable(),
        is_decided: z.boolean(),
      })
      .openapi({
        description:
          'The learned policy minus the static rule on the share that it keeps; the interval is valid at any time.',
      }),
  })
  .openapi('LearnedPolicy');
export type LearnedPolicy = z.infer<typeof learnedPolicySchema>;
