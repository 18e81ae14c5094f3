// Patterns that were found about models, and what people decided about them (R-LRN-3).
import { z } from '@hono/zod-openapi';
import { failureClasses } from '../../domain/failure.ts';
import { kindsOfWork } from '../../domain/learning/kind-of-work.ts';
import { usd } from '../base.ts';

/** Absent or null: any. */
const cell = {
  band: z.enum(['low', 'medium', 'high']).nullable(),
  kind: z.string().nullable(),
  language: z.string().nullable(),
  word: z.string().nullable(),
};

const exclusionRequest = z.object({
  model: z.string().min(1).max(200),
  project: z.string().min(1).max(200).optional().openapi({ description: 'Absent: all projects.' }),
  band: z.enum(['low', 'medium', 'high']).optional(),
  kind: z.string().min(1).max(100).optional(),
  language: z.string().min(1).max(100).optional(),
  word: z.string().min(1).max(100).optional(),
  because: z.string().max(1_000).optional(),
});
export const exclusionKinds = [...kindsOfWork, 'other'] as const;
export const exclusionRequestSchema = exclusionRequest
  .extend({ kind: z.enum(exclusionKinds).optional() })
  .strict()
  .openapi('NewExclusion');
export type ExclusionRequest = z.infer<typeof exclusionRequest>;

export const exclusionSchema = z
  .object({
    id: z.string(),
    text: z.string().openapi({ description: 'In a sentence.' }),
    model: z.string(),
    project: z.string().nullable(),
    ...cell,
    because: z.string(),
    created_by: z.string(),
    created_at: z.string(),
    revoked_by: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })
  .openapi('Exclusion');
export type Exclusion = z.infer<typeof exclusionSchema>;

export const patternsSchema = z
  .object({
    computed_at: z.string().nullable().openapi({ description: 'Null: nothing was computed yet.' }),
    findings: z
      .array(
        z.object({
          text: z.string(),
          evidence: z.string(),
          suggestion: z.string(),
          exclusion: exclusionRequest.nullable().openapi({
            description: 'The routing rule that carries out the suggestion; null if it takes something else.',
          }),
          is_excluded: z.boolean(),
        }),
      )
      .openapi({ description: 'The significant ones, corrected for all comparisons.' }),
    patterns: z
      .array(
        z.object({
          model: z.string(),
          failure_class: z.enum(failureClasses).nullable(),
          ...cell,
          attempts: z.number().int(),
          failures: z.number().int(),
          rate: z.number(),
          low: z.number(),
          high: z.number(),
          other_attempts: z.number().int(),
          other_failures: z.number().int(),
          chance: z.number(),
          corrected: z.number(),
        }),
      )
      .openapi({ description: 'The most certain first, at most 100.' }),
    cycles: z
      .array(
        z.object({
          cycle: z.number().int(),
          reached: z.number().int(),
          succeeded: z.number().int(),
          rate: z.number(),
          low: z.number(),
          high: z.number(),
          cost_usd: usd.openapi({ description: 'Of one cycle, on average.' }),
          cost_per_success_usd: usd.nullable(),
        }),
      )
      .openapi({
        description: 'The effect of one more cycle, for those that reached it; 0 is the first try.',
      }),
    cycles_text: z.string(),
    exclusions: z.array(exclusionSchema),
  })
  .openapi('Patterns');
export type Patterns = z.infer<typeof patternsSchema>;
