// What `moose chaos --json` prints.
import { z } from '@hono/zod-openapi';
import { time } from '../base.ts';

const scenario = z.object({
  name: z.string(),
  /** The class of the fault's cause, by which the report counts. */
  group: z.string(),
  does: z.string(),
  /** True if the fault ends by itself, so that Moose should need no person. */
  is_transient: z.boolean(),
});

const planned = z.object({
  number: z.number().int(),
  scenario: z.string(),
  /** The lane of a fault that runs side by side with others; null if rounds follow each other. */
  lane: z.string().nullable(),
  /** The delay between the submission of the round's work orders and the fault. */
  after_ms: z.number().int(),
  lasts_ms: z.number().int(),
  /** Selects one of several possible targets; from 0 to 1. */
  pick: z.number(),
});

/** The same seed and scenarios give the same plan. */
const plan = z.object({ seed: z.number().int(), rounds: z.array(planned) });

const finding = z.object({
  /** The id of a row, a path or a process. */
  id: z.string(),
  what: z.string(),
  scenario: z.string().nullable(),
  /** What git and the database say about its work order, in the order of time; absent if they say nothing. */
  rows: z.array(z.string()).optional(),
});

const spread = z.object({ mean: z.number(), p95: z.number() }).nullable();

const group = z.object({
  group: z.string(),
  injected: z.number().int(),
  /** Completed without asking a person. */
  recovered: z.number().int(),
  escalated: z.number().int(),
  not_ended: z.number().int(),
  skipped: z.number().int(),
  /** From the fault to the first row or warning about it; null if there was none. */
  detection_ms: spread,
  /** From the fault to the completion of all work orders of its round. */
  recovery_ms: spread,
});

/** What Moose itself recorded, by the class of the failure. */
const failureClassCounts = z.object({
  failure_class: z.string(),
  failures: z.number().int(),
  recovered: z.number().int(),
  /** How many questions people were asked because of it. */
  escalated: z.number().int(),
  /** From the end of the process, or the failed call, to its row. */
  detection_ms: z.number().nullable(),
  recovery_ms: z.number().nullable(),
});

const round = planned.extend({
  group: z.string(),
  outcome: z.enum(['recovered', 'escalated', 'not_ended', 'skipped']),
  /** Why it was skipped; null if it was not. */
  because: z.string().nullable(),
  injected_at: time.nullable(),
  detected_ms: z.number().nullable(),
  recovered_ms: z.number().nullable(),
  work_orders: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      status: z.string(),
      /** What a person was asked: the code and the cause. */
      asked: z.array(z.string()),
    }),
  ),
});

const findings = z.array(finding);

const report = z.object({
  name: z.literal('chaos'),
  /** True if none of the five figures has a finding. */
  ok: z.boolean(),
  seed: z.number().int(),
  seconds: z.number(),
  /** How many machines did the work. */
  machines: z.number().int(),
  /** The path of the report page. */
  report: z.string(),
  figures: z.object({
    lost: findings,
    doubled: findings,
    overspent: findings,
    orphaned: findings,
    silent: findings,
  }),
  /** The number of faults that hit something, and of their scenarios. */
  faults: z.object({ injected: z.number().int(), scenarios: z.number().int() }),
  /** The number of faults that ended by themselves, and how many of them needed no person. */
  transient: z.object({ injected: z.number().int(), recovered: z.number().int() }),
  groups: z.array(group),
  classes: z.array(failureClassCounts),
  rounds: z.array(round),
});

/** A report; with `--plan` the sequence of faults, and with `--list` the scenarios. */
export const chaosSchema = z.union([report, plan, z.array(scenario)]);

export type PrintedChaos = z.infer<typeof chaosSchema>;
export type PrintedChaosReport = z.infer<typeof report>;
export type PrintedChaosPlan = z.infer<typeof plan>;
export type PrintedChaosScenario = z.infer<typeof scenario>;
