// What `moose agents certify --json` prints, and what is kept of it: how an agent answers each fault.
import { z } from '@hono/zod-openapi';
import { time } from '../base.ts';

export const verdicts = ['right', 'tolerable', 'wrong', 'not measured'] as const;
export type Verdict = (typeof verdicts)[number];

export const certifiedFinding = z.object({
  /** A stable name, such as `ignores-sigterm`. */
  name: z.string(),
  weight: z.enum(['tolerable', 'wrong', 'not measured']),
  what: z.string(),
  /** What corrects for it, or limits the damage; null if nothing has to be set. */
  remedy: z.string().nullable(),
});
export type CertifiedFinding = z.infer<typeof certifiedFinding>;

export const certifiedRow = z.object({
  /** The name of the row, as `--rows` takes it. */
  row: z.string(),
  /** What was done to the agent, or to its model. */
  provoked: z.string(),
  verdict: z.enum(verdicts),
  findings: z.array(certifiedFinding),
  agent: z.object({
    exit_code: z.number().int().nullable(),
    signal: z.string().nullable(),
    /** Why Moose ended it; null if it ended by itself. */
    stopped_because: z.string().nullable(),
    /** What its own output says about how it ended. */
    said: z.enum(['success', 'failure', 'refused', 'nothing']),
    words: z.string(),
    duration_ms: z.number().nullable(),
    sessions: z.number().int(),
    /** How many calls reached its model. */
    calls: z.number().int(),
    /** The files that it changed in the worktree; null if Moose accepted no change. */
    changed: z.array(z.string()).nullable(),
    /** The programs that still ran when it had ended. */
    left: z.array(z.string()),
    /** How often it tried to reach another address than the gateway; null: not known. */
    other_addresses: z.number().int().nullable(),
  }),
  moose: z.object({
    /** The state of the work order at the end of the measurement. */
    status: z.string(),
    /** What it called the failure; null if there was none. */
    code: z.string().nullable(),
    category: z.string().nullable(),
    /** What it decided to do about it. */
    decision: z.string().nullable(),
    isolation: z.string().nullable(),
  }),
});
export type CertifiedRow = z.infer<typeof certifiedRow>;

export const certificationSchema = z.object({
  agent: z.string(),
  version: z.string().nullable(),
  model: z.string(),
  certified_at: time,
  /** True if no row is wrong. */
  ok: z.boolean(),
  seconds: z.number(),
  rows: z.array(certifiedRow),
  counts: z.object({
    right: z.number().int(),
    tolerable: z.number().int(),
    wrong: z.number().int(),
    not_measured: z.number().int(),
  }),
});
export type Certification = z.infer<typeof certificationSchema>;

export const printedCertificationSchema = certificationSchema.extend({
  /** The certification that it was compared with; null if there was none. */
  compared_with: z.object({ version: z.string().nullable(), certified_at: time }).nullable(),
  /** One sentence for each row that differs. */
  differences: z.array(z.string()),
});
export type PrintedCertification = z.infer<typeof printedCertificationSchema>;
