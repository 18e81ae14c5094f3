// Money: the current budget, the limits, and the prices of models.
import { z } from '@hono/zod-openapi';
import { saysSomething, time, usd } from '../base.ts';

const spent = z.object({
  subject: z.string(),
  title: z.string().nullable(),
  calls: z.number().int(),
  usd,
});

export const budgetSchema = z
  .object({
    windows: z.array(
      z.object({
        key: z.string().openapi({ example: 'day:2026-01-31' }),
        name: z.string().nullable(),
        limit_usd: usd,
        spent_usd: usd,
        held_usd: usd.openapi({ description: 'Reserved for work in progress.' }),
        presumed_usd: usd.openapi({ description: 'Counted as spent because the cost is unknown.' }),
        overrun_usd: usd,
        is_frozen: z.boolean(),
      }),
    ),
    envelopes: z.array(
      z.object({
        id: z.string(),
        work_order_id: z.string().nullable(),
        title: z.string().nullable(),
        service: z.string(),
        reserved_usd: usd,
        spent_usd: usd,
        presumed_usd: usd,
        open_usd: usd,
        created_at: time,
      }),
    ),
    calls: z.array(
      z.object({
        id: z.string(),
        work_order_id: z.string().nullable(),
        model: z.string().nullable(),
        service: z.string(),
        held_usd: usd,
        since_ms: z.number(),
      }),
    ),
    by_model: z.array(spent),
    by_work_order: z.array(spent),
    architect: z.object({ spent_usd: usd, held_usd: usd }),
  })
  .openapi('Budget');
export type Budget = z.infer<typeof budgetSchema>;

const exactUsd = z
  .string()
  .regex(/^-?\$\d+\.\d{9}$/)
  .openapi({
    description: 'Dollars to the last digit.',
    example: '$0.000000001',
  });

export const budgetCheckSchema = z
  .object({
    holds: z.boolean(),
    differences: z.array(z.object({ what: z.string(), key: z.string(), counter: exactUsd, sum: exactUsd })),
  })
  .openapi('BudgetCheck');
export type BudgetCheck = z.infer<typeof budgetCheckSchema>;

export const limitsSchema = z
  .object({
    limits: z.array(
      z.object({
        key: z.string().openapi({ example: 'person_day:2026-01-31:ada' }),
        kind: z.enum(['system', 'person', 'project']),
        name: z.string().nullable().openapi({
          description:
            'The person, `*` for each one without a limit of their own, or the project; null: everything.',
        }),
        limit_usd: usd,
        used_usd: usd,
        is_frozen: z.boolean(),
      }),
    ),
  })
  .openapi('Limits');
export type Limits = z.infer<typeof limitsSchema>;
export const limitsChangeSchema = z
  .strictObject({
    person: z.string().min(1).max(300).optional().openapi({
      description:
        'Changes the limits of this person, or, with `*`, of each one without a limit of their own.',
    }),
    project: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .openapi({ description: 'Changes the limits of this project.' }),
    daily_usd: z.number().min(0).max(1_000_000).nullable().optional().openapi({
      description: 'Null removes the limit of a person or a project.',
    }),
    monthly_usd: z.number().min(0).max(100_000_000).nullable().optional(),
    thaw: z.boolean().optional().openapi({ description: 'Lifts the freeze that follows an overrun.' }),
  })
  .refine(saysSomething, 'Must not be empty')
  .refine(
    ({ person, project }) => person === undefined || project === undefined,
    'Must name one of person and project',
  )
  .openapi('LimitsChange', { minProperties: 1 });
export type LimitsChange = z.infer<typeof limitsChangeSchema>;

export const priceSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    source: z.string(),
    effective_from: time,
    context_tokens: z.number().nullable(),
    is_in_force: z.boolean(),
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
      .nullable()
      .openapi({ description: 'Dollars per million tokens; null: the list price.' }),
    created_by: z.string(),
    created_at: time,
  })
  .openapi('Price');
export type Price = z.infer<typeof priceSchema>;
export const pricesSchema = z.object({ items: z.array(priceSchema) }).openapi('Prices');
export const priceCheckSchema = z
  .object({
    checked: z.number().int(),
    unversioned: z.number().int().openapi({ description: 'Calls without a price version.' }),
    differing: z.number().int(),
    differences: z.array(
      z.object({
        call_id: z.string(),
        model: z.string(),
        price_version: z.string(),
        booked: exactUsd,
        recomputed: exactUsd.nullable().openapi({ description: 'Null: there is no such price version.' }),
      }),
    ),
  })
  .openapi('PriceCheck');
export type PriceCheck = z.infer<typeof priceCheckSchema>;
export const pricesQuery = z.object({
  name: z.string().max(200).optional(),
  all: z.enum(['true', 'false']).default('false'),
});
