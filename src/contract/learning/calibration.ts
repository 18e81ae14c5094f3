// How accurate the estimates are by which arms are chosen (R-LRN-4).
import { z } from '@hono/zod-openapi';
import { usd } from '../base.ts';

export const calibrationSchema = z
  .object({
    tries: z.number().int().openapi({ description: 'Of the newest choices: those whose outcome counts.' }),
    brier: z.number().nullable().openapi({
      description:
        'The mean squared error of the expected chances (Brier score); always guessing 50 % scores 0.25.',
    }),
    cost_ratio: z
      .number()
      .nullable()
      .openapi({ description: 'The actual cost of tries, divided by the expected cost.' }),
    chances: z
      .array(
        z.object({
          from: z.number(),
          to: z.number(),
          tries: z.number().int(),
          expected: z.number(),
          actual: z.number(),
          low: z.number(),
          high: z.number(),
        }),
      )
      .openapi({
        description: 'By the expected chance; `low` and `high` are the 95 % interval of `actual`.',
      }),
    costs: z
      .array(
        z.object({
          from_usd: usd,
          to_usd: usd,
          tries: z.number().int(),
          expected_usd: usd,
          actual_usd: usd,
          low_usd: usd,
          high_usd: usd,
        }),
      )
      .openapi({ description: 'By the expected cost, with the same number of tries in each.' }),
  })
  .openapi('Calibration');
export type Calibration = z.infer<typeof calibrationSchema>;
