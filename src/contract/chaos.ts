// What `moose chaos --json` prints.
import { z } from '@hono/zod-openapi';
import { time } from './base.ts';

const scenario = z.object({
  name: z.string(),
  /** Whose fault it is: the class that the report counts by. */
  group: z.string(),
  does: z.string(),
  /** Whether it goes away by itself, so that Moose should need no person. */
  is_transient: z.boolean(),
});

const planned = z.object({
  number: z.number().int(),
  scenario: z.string(),
  /** From the submission of the round's work orders to the fault. */
  after_ms: z.number().int(),
  lasts_ms: z.number().int(),
  /** Chooses the target among several; from 0 to 1. */
  pick: z.number(),
});

/** The same seed and scenarios give the same plan. */
const plan = z.object({ seed: z.number().int(), rounds: z.array(planned) });

const finding = z.object({
  /** The id of a row, a path or a process. */
  id: z.string(),
  what: z.string(),
  scenario: z.string().nullable(),
});

const spread = z.object({ mean: z.number(), p95: z.number() }).nullable();

const group = z.object({
  group: z.string(),
  injected: z.number().int(),
  /** Without a person. */
  recovered: z.number().int(),
  escalated: z.number().int(),
  not_ended: z.number().int(),
  skipped: z.number().int(),
  /** From the fault to the first row or warning about it; null if none was. */
  detection_ms: spread,
  /** From the fault until all work orders of its round were completed. */
  recovery_ms: spread,
});

const round = planned.extend({
  group: z.string(),
  outcome: z.enum(['recovered', 'escalated', 'not_ended', 'skipped']),
  /** Why it was skipped; null if it was not. */
  because: z.string().nullable(),
  injected_at: time.nullable(),
  detected_ms: z.number().nullable(),
  recovered_ms: z.number().nullable(),
  work_orders: z.array(z.object({ id: z.string(), title: z.string(), status: z.string() })),
});

const findings = z.array(finding);

const report = z.object({
  name: z.literal('chaos'),
  /** Whether each of the five figures is none. */
  ok: z.boolean(),
  seed: z.number().int(),
  seconds: z.number(),
  /** The page for people. */
  report: z.string(),
  figures: z.object({
    lost: findings,
    doubled: findings,
    overspent: findings,
    orphaned: findings,
    silent: findings,
  }),
  /** Of faults that go away by themselves, how many needed no person. */
  transient: z.object({ injected: z.number().int(), recovered: z.number().int() }),
  groups: z.array(group),
  rounds: z.array(round),
});

/** A report; with `--plan` the sequence of faults, and with `--list` the scenarios. */
export const chaosSchema = z.union([report, plan, z.array(scenario)]);

export type PrintedChaos = z.infer<typeof chaosSchema>;
export type PrintedChaosReport = z.infer<typeof report>;
export type PrintedChaosPlan = z.infer<typeof plan>;
export type PrintedChaosScenario = z.infer<typeof scenario>;
