// What the command line prints with `--json`, where it differs from the answers of the HTTP interface.
import { z } from '@hono/zod-openapi';
import { metadata, time } from './base.ts';
import { alertSchema } from './monitoring.ts';
import { sessionSchema, workOrderDetailSchema } from './work-order-detail.ts';
import { workOrderSchema } from './work-orders.ts';

export const printedWorkOrderSchema = workOrderSchema.omit({
  needs_you: true,
  escalation_id: true,
  held_by: true,
});
/** A work order as `moose ls`, `explain` and `run` print it. */
export type PrintedWorkOrder = z.infer<typeof printedWorkOrderSchema>;

const { costs, decisions, errors, effects, pull_requests, ...detail } = workOrderDetailSchema.shape;

/** A work order as `moose show` prints it: everything, oldest first. */
export const printedDetailSchema = printedWorkOrderSchema.extend({
  description: detail.description,
  acceptance: detail.acceptance,
  candidates: detail.candidates,
  joint_change: detail.joint_change,
  failure: detail.failure,
  counters: detail.counters,
  steps: z.array(
    z.object({
      run: z.number().int(),
      cycle: z.number().int(),
      step: z.string(),
      result: z.unknown(),
      started_at: time,
      finished_at: time,
    }),
  ),
  sessions: z.array(
    sessionSchema
      .pick({
        refused: true,
        assets: true,
        id: true,
        purpose: true,
        name: true,
        state: true,
        exit_code: true,
        signal: true,
      })
      .extend({
        end_reason: z.string().nullable(),
        ready_at: time.nullable(),
        preview_url: z.string().nullable(),
        host: z.string(),
        /** When the session's machine became unreachable; the session may still run there. */
        unreachable_since: time.nullable(),
        isolation: z.string(),
        image: sessionSchema.shape.image,
        egress: z.string().nullable(),
        way: sessionSchema.shape.way,
        reported: sessionSchema.shape.reported,
        directory: z.string(),
      }),
  ),
  pull_requests,
  costs: z.array(costs.element.omit({ created_at: true })),
  decisions,
  errors: z.array(
    errors.element
      .pick({ id: true, message: true, failure_class: true, category: true, step: true, timestamp: true })
      .extend({ type: z.string(), recovery_strategy: z.string().nullable() }),
  ),
  effects: z.array(effects.element.omit({ undo: true })),
  escalation: z
    .object({
      title: z.string(),
      context: metadata,
      options: z.unknown(),
      recommended: z.string().nullable(),
    })
    .nullable(),
  events: detail.events,
});
export type PrintedDetail = z.infer<typeof printedDetailSchema>;

export const printedAlertSchema = alertSchema.extend({ key: z.string().nullable() });
/** An alert as `moose alerts` prints it. */
export type PrintedAlert = z.infer<typeof printedAlertSchema>;

/** The output of `moose init`. */
export const printedInitSchema = z.object({
  repository_path: z.string(),
  head_sha: z.string(),
  commands: z.array(
    z.object({
      kind: z.string(),
      command: z.string(),
      source: z.string(),
      why: z.string(),
      /** True if Moose uses the command even without a project file. */
      is_certain: z.boolean(),
      depends_on: z.array(z.string()),
      /** Null if no run of the command was requested. */
      proof: z
        .object({
          outcome: z.enum(['passed', 'failed', 'timed_out', 'not_run']),
          duration_ms: z.number(),
          exit_code: z.number().nullable(),
          isolation: z.string().nullable(),
          /** What the command tried to reach but could not, as HOST:PORT (TIMES). */
          refused: z.string().nullable(),
          output_tail: z.string(),
        })
        .nullable(),
    }),
  ),
  /** Registries that its files name: proposed as `egress`. */
  hosts: z.array(z.object({ host: z.string(), is_private: z.boolean(), source: z.string() })),
  /** What its CI or its compose file says that the checks need: proposed as `services`. */
  services: z.array(
    z.object({
      name: z.string(),
      command: z.string(),
      source: z.string(),
      /** Null if it was not tried. */
      proof: z.object({ is_ready: z.boolean(), duration_ms: z.number(), output_tail: z.string() }).nullable(),
    }),
  ),
  agents: z.array(z.object({ name: z.string(), is_installed: z.boolean(), version: z.string().nullable() })),
  agent: z.string().nullable(),
  /** The text for `.moose/config.yml`. */
  config: z.string(),
  is_written: z.boolean(),
});
export type PrintedInit = z.infer<typeof printedInitSchema>;
