// What happened to a work order that failed, was parked or undone, and what would have prevented it (R-ESC-8).
import { z } from '@hono/zod-openapi';
import { statuses, steps } from '../../domain/transitions.ts';
import { category, failureClass, time, usd, uuid } from '../base.ts';

export const postmortemEnds = ['failed', 'parked', 'needs_review', 'undone', 'cancelled'] as const;

const step = z.enum(steps).nullable();

const system = z.object({
  machine: z
    .object({
      host: z.string(),
      load_per_core: z.number().nullable(),
      memory_free_share: z.number(),
    })
    .nullable()
    .openapi({ description: 'Null if it was not recorded.' }),
  circuits: z
    .array(z.object({ key: z.string(), phase: z.enum(['open', 'half_open']), code: z.string().nullable() }))
    .openapi({ description: 'The circuits that were not closed.' }),
  degraded: z
    .array(z.object({ feature: z.string(), because: z.string() }))
    .openapi({ description: 'The features that were degraded, because of pressure or a failure.' }),
});

const decided = z.object({
  act: z.string().openapi({ description: 'What followed: retry, refine, fall_back, pause, escalate, …' }),
  because: z.string().nullable().openapi({ description: 'The recorded reason; null if none was.' }),
  policy: z
    .object({
      row: z.number().int().nullable().openapi({
        description: 'Its number in the recovery table of today, from 1; null: the row after every table.',
      }),
      does: z.string(),
      because: z.string(),
    })
    .nullable()
    .openapi({ description: 'The row of the recovery table that fits the failure; null outside of steps.' }),
});

const failure = z.object({
  id: uuid,
  at: time,
  code: z.string(),
  message: z.string(),
  advice: z.string().nullable(),
  failure_class: failureClass,
  category,
  step,
  recovered: z.boolean().nullable(),
  decided,
  system,
});

export const postmortemSchema = z
  .object({
    work_order_id: uuid,
    title: z.string(),
    project: z.string(),
    end: z.enum(postmortemEnds),
    status: z.enum(statuses),
    summary: z.string(),
    submitted_at: time,
    ended_at: time,
    first_cause: z
      .object({ error_id: uuid.nullable(), at: time.nullable(), code: z.string(), message: z.string() })
      .nullable()
      .openapi({
        description: 'The oldest unrecovered failure of the last run; null if it ended without a failure.',
      }),
    tried: z.array(
      z.object({
        run: z.number().int(),
        cycle: z.number().int(),
        step: z.enum(steps),
        state: z.string(),
        what: z.string(),
        duration_ms: z.number().nullable(),
        cost_usd: usd,
      }),
    ),
    cost: z.object({
      total_usd: usd,
      wasted_usd: usd,
      model_calls: z.number().int(),
      agent_runs: z.number().int(),
      refinement_cycles: z.number().int(),
      elapsed_ms: z.number(),
    }),
    failures: z.array(failure).openapi({ description: 'Oldest first.' }),
    timeline: z.array(z.object({ at: time, kind: z.string(), actor: z.string(), what: z.string() })),
    left_out: z
      .object({ failures: z.number().int(), timeline: z.number().int() })
      .openapi({ description: 'How many are not listed, from the middle.' }),
    left_behind: z
      .array(z.object({ kind: z.string(), what: z.string() }))
      .openapi({ description: 'What exists outside Moose and was not undone.' }),
    prevention: z
      .array(z.object({ what: z.string(), because: z.string() }))
      .openapi({ description: 'What would have prevented it, as far as the record shows.' }),
    markdown: z.string().openapi({ description: 'The same as a document.' }),
  })
  .openapi('Postmortem');
export type Postmortem = z.infer<typeof postmortemSchema>;
