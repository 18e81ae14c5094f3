// Differences between the database and what it describes, and what is done about them (R-SES-7).
import { z } from '@hono/zod-openapi';
import { time } from '../base.ts';
import { machinesSchema } from './machines.ts';

const drift = z.object({
  /** Null until the difference is stored. */
  id: z.string().nullable(),
  kind: z.string(),
  /** What the database is compared with. */
  side: z.string(),
  /** The machine that sees the difference; null if every machine does. */
  host: z.string().nullable(),
  work_order_id: z.string().nullable(),
  subject: z.string(),
  what: z.string(),
  evidence: z.string(),
  /** Null if there is no repair, so that a person has to investigate. */
  repair: z.string().nullable(),
  /** True if Moose repairs it automatically. */
  is_safe: z.boolean(),
  found_at: time,
  answer: z.enum(['repair', 'leave']).nullable(),
  answered_by: z.string().nullable(),
  tries: z.number().int(),
  /** Why the latest repair failed. */
  failure: z.string().nullable(),
  /** When it was repaired. */
  ended_at: time.nullable(),
});

export const reconciliationSchema = z
  .object({
    /** When this machine looked; null if these are the latest results of all machines. */
    looked_at: time.nullable(),
    drifts: z.array(drift),
    /** Recent repairs, newest first. */
    repaired: z.array(drift),
    /** The kinds that could not be checked. */
    unread: z.array(z.object({ kind: z.string(), because: z.string() })),
    counts: z.object({
      safe: z.number().int().openapi({ description: 'Moose repairs them automatically.' }),
      asked: z.number().int().openapi({ description: 'They need the answer of a person.' }),
      left: z.number().int().openapi({ description: 'A person left them as they are.' }),
    }),
  })
  .openapi('Reconciliation');
export type Reconciliation = z.infer<typeof reconciliationSchema>;
export type DriftView = Reconciliation['drifts'][number];

export const driftAnswerSchema = z
  .object({
    answer: z.enum(['repair', 'leave']).openapi({
      description:
        '`repair`: the machine that sees it repairs it. `leave`: Moose does not ask about it again.',
    }),
  })
  .openapi('DriftAnswer');

export const driftAnsweredSchema = z.object({ items: z.array(drift) }).openapi('DriftsAnswered');

export const reconcileQuery = z.object({
  look: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({
      param: { name: 'look', in: 'query' },
      description: 'Check now instead of returning the result of the latest check.',
    }),
});

/** The output of the commands about machines. */
export const printedMachines = {
  'machine ls': machinesSchema,
  reconcile: reconciliationSchema.or(driftAnsweredSchema),
};
