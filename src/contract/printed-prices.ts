import { z } from '@hono/zod-openapi';
import { time, usd } from './base.ts';

/** A version of a model's price. */
export const printedPriceSchema = z.object({
  model: z.string(),
  version: z.string(),
  source: z.string(),
  effective_from: time,
  is_in_force: z.boolean(),
  context_tokens: z.number().nullable(),
  /** Dollars per million tokens; null: the list price. */
  steps: z
    .array(
      z.object({
        above_input_tokens: z.number(),
        input_usd: usd,
        cache_read_usd: usd,
        cache_write_usd: usd,
        cache_write_1h_usd: usd,
        output_usd: usd,
      }),
    )
    .nullable(),
  created_by: z.string(),
  created_at: time,
});

/** Calls whose recorded cost differs from the cost that their tokens and prices give. */
export const recomputedSchema = z.object({
  checked: z.number().int(),
  unversioned: z.number().int(),
  differing: z.number().int(),
  differences: z.array(
    z.object({
      call_id: z.string(),
      model: z.string().nullable(),
      price_version: z.string().nullable(),
      booked_usd: usd,
      recomputed_usd: usd.nullable(),
    }),
  ),
});
