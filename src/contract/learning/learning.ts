// The outcomes of attempts, by model and by kind of work (R-LRN-2, R-LRN-3).
import { z } from '@hono/zod-openapi';
import { ranges, usd } from '../base.ts';

const outcome = z.object({
  model: z.string(),
  agent: z.string(),
  /** `all`, or a band of complexity. */
  subject: z.string(),
  attempts: z.number().int(),
  successes: z.number().int(),
  rate: z.number(),
  /** The 95% interval by Wilson's score. */
  low: z.number(),
  high: z.number(),
  mean_cost_usd: usd,
  mean_duration_ms: z.number(),
  mean_cycles: z.number(),
});

export const learningSchema = z
  .object({
    range: z.enum(ranges),
    attempts: z.number().int(),
    by_model: z.array(outcome),
    by_complexity: z.array(outcome),
    /** `share`: the share of all attempts of the model. */
    failures: z.array(
      z.object({ model: z.string(), failure_class: z.string(), count: z.number().int(), share: z.number() }),
    ),
    cycles: z.array(
      z.object({ cycles: z.number().int(), attempts: z.number().int(), successes: z.number().int() }),
    ),
  })
  .openapi('Learning');
export type Outcome = z.infer<typeof outcome>;
export type Learning = z.infer<typeof learningSchema>;

const costRange = z.object({ low: usd, mid: usd, high: usd });
export const estimatesSchema = z
  .object({
    finished: z.number().int().openapi({ description: 'Finished work orders of plans: the newest ones.' }),
    within: z.number().int().openapi({ description: 'Those whose cost is within their estimated range.' }),
    wanted: z.number().openapi({ description: 'The target for the share that is within.' }),
    low: z.number().openapi({ description: 'The 95% interval of the share that is within.' }),
    high: z.number(),
    specs: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        finished: z.number().int(),
        within: z.number().int(),
        estimate_usd: costRange,
        cost_usd: usd,
      }),
    ),
    work_orders: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        spec: z.string(),
        basis: z.enum(['kind', 'complexity', 'all', 'policy']).openapi({
          description:
            'From finished work orders of its kind and complexity, its complexity, all, or the policy.',
        }),
        estimate_usd: costRange,
        cost_usd: usd,
        is_within: z.boolean(),
      }),
    ),
  })
  .openapi('EstimatesAgainstActual');
export type EstimatesAgainstActual = z.infer<typeof estimatesSchema>;

export const searchQuery = z.object({ q: z.string().min(1).max(200) });
export const searchSchema = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['work_order', 'escalation', 'error', 'project', 'spec']),
        id: z.string(),
        title: z.string(),
        detail: z.string(),
      }),
    ),
  })
  .openapi('Search');
export type Search = z.infer<typeof searchSchema>;
export type Found = Search['items'][number];
