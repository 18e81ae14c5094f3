// Contracts between the work orders of a plan, and what breaks them (R-SPEC-3).
import { z } from '@hono/zod-openapi';

export const breakingChangeSchema = z
  .object({
    member: z.string().openapi({ description: 'What changed, as its users name it: `Basket.total`.' }),
    before: z.string().nullable(),
    after: z.string().nullable(),
    message: z.string().openapi({ description: 'What changed, and for whom it breaks, in one sentence.' }),
  })
  .openapi('BreakingChange');

export const printedComparisonSchema = z.object({
  kind: z.string(),
  compatible: z.boolean(),
  breaking: z.array(breakingChangeSchema),
  /** Why the texts could not be compared; null if they were. */
  unreadable: z.string().nullable(),
});
export type PrintedComparison = z.infer<typeof printedComparisonSchema>;
