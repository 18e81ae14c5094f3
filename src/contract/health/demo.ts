// A demo that is injured on purpose: which faults there are, and what Moose made of each.
import { z } from '@hono/zod-openapi';
import { name, time } from '../base.ts';

const strikeStates = ['beginning', 'injected', 'recovered', 'asked', 'not_ended', 'skipped'] as const;

export const demoFaultSchema = z.object({
  name: z.string().openapi({ example: 'worker-killed' }),
  title: z.string().openapi({ example: 'Kill the worker' }),
  does: z.string(),
  expects: z.enum(['recovery', 'question']).openapi({
    description: 'Whether Moose should recover on its own, or has to ask a person.',
  }),
});
export type DemoFault = z.infer<typeof demoFaultSchema>;

const milliseconds = z.number().min(0);

export const demoStrikeSchema = z
  .object({
    number: z.number().int().openapi({ description: 'Counts from 1.' }),
    fault: z.string(),
    title: z.string(),
    state: z.enum(strikeStates).openapi({
      description: 'not_ended: its work did not finish in time; skipped: the fault had no target.',
    }),
    because: z.string().nullable().openapi({ description: 'Why it was skipped.' }),
    began_at: time,
    injected_at: time.nullable(),
    noticed_ms: milliseconds
      .nullable()
      .openapi({ description: 'From the fault to the first record of it; null if there is none.' }),
    noticed: z
      .array(z.object({ after_ms: milliseconds, what: z.string() }))
      .openapi({ description: 'What Moose recorded about the fault, oldest first.' }),
    did: z.array(z.string()).openapi({ description: 'What Moose did about it.' }),
    recovered_ms: milliseconds
      .nullable()
      .openapi({ description: 'From the fault to the end of the last of its work orders, all completed.' }),
    work_orders: z.array(z.object({ id: z.string(), title: z.string(), status: z.string() })),
  })
  .openapi('DemoStrike');
export type DemoStrike = z.infer<typeof demoStrikeSchema>;

export const demoSchema = z
  .object({
    faults: z.array(demoFaultSchema),
    strikes: z.array(demoStrikeSchema).openapi({ description: 'Newest first.' }),
  })
  .openapi('Demo');
export type Demo = z.infer<typeof demoSchema>;

export const newStrikeSchema = z.strictObject({ fault: name }).openapi('NewDemoStrike');

/** What `moose demo --fault NAME --json` prints; with `list`, the faults. */
export const printedFaults = z.union([
  z.object({
    name: z.literal('demo'),
    ok: z.boolean(),
    is_scripted: z.literal(true),
    seconds: z.number(),
    strikes: z.array(demoStrikeSchema),
  }),
  z.array(demoFaultSchema),
]);
