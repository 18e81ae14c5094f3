// How Moose is, what went wrong, what it costs, and what came of it (R-UI-3, R-FAIL-6, R-ESC-6, R-LRN-3).
import { z } from '@hono/zod-openapi';
import {
  category,
  failureClass,
  metadata,
  pageOf,
  pageQuery,
  ranges,
  severity,
  time,
  usd,
  uuid,
} from './base.ts';

const budgetStatus = z.enum(['normal', 'warning', 'critical']);
const budgetHealth = z.object({
  spent: usd,
  limit: usd,
  percentage: z.number(),
  status: budgetStatus,
  reservations: usd,
});
const agentStatus = z.object({
  status: z.enum(['healthy', 'degraded', 'down']),
  last_success: z.string().nullable(),
});

/** `GET /api/admin/health`: its names are the contract's. */
export const adminHealthSchema = z
  .object({
    at: z.string(),
    stuckWorkOrders: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        status: z.string(),
        stuck_hours: z.number(),
        updated_at: z.string(),
      }),
    ),
    dailyBudget: budgetHealth,
    monthlyBudget: budgetHealth,
    errorRate: z.object({
      last_hour: z.number(),
      last_24h: z.number(),
      errors_last_hour: z.number(),
      errors_last_24h: z.number(),
      trend: z.enum(['rising', 'steady', 'falling']),
    }),
    escalationBacklog: z.object({ open: z.number().int(), avg_resolution_time_hours: z.number().nullable() }),
    agentHealth: z.object({
      architect: agentStatus,
      director: agentStatus,
      manager: agentStatus,
      proposers: agentStatus,
      orchestrator: agentStatus,
      sentinel: agentStatus,
      client_manager: agentStatus,
    }),
    circuits: z.array(
      z.object({
        key: z.string(),
        phase: z.string(),
        opened_at: z.string().nullable(),
        because: z.string().nullable(),
      }),
    ),
    alerts: z.array(
      z.object({
        id: z.string(),
        severity: z.string(),
        component: z.string(),
        message: z.string(),
        times: z.number(),
        since: z.string(),
      }),
    ),
    degradations: z.array(
      z.object({
        key: z.string(),
        feature: z.string(),
        because: z.string(),
        work_order_id: z.string().nullable(),
        since: z.string(),
      }),
    ),
    pressure: z.array(z.object({ host: z.string(), level: z.string(), because: z.string() })),
    forecasts: z.object({
      open: z.array(
        z.object({
          signal: z.string(),
          subject: z.string(),
          message: z.string(),
          raised_at: z.string(),
        }),
      ),
      precision: z.number().nullable(),
      judged: z.number(),
      saved_usd: usd,
      by_signal: z.array(
        z.object({
          signal: z.string(),
          judged: z.number(),
          came_true: z.number(),
          precision: z.number().nullable(),
        }),
      ),
    }),
    executors: z.number(),
  })
  .openapi('AdminHealth');
export type AdminHealth = z.infer<typeof adminHealthSchema>;

export const stuckSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        project: z.string(),
        status: z.string(),
        step: z.string().nullable(),
        stuck_hours: z.number(),
        is_stuck: z.boolean().openapi({ description: 'False: it waits for an outage to end.' }),
        why: z.string(),
        unblock: z.string(),
        last_progress: z.string().nullable(),
        last_progress_at: z.string().nullable(),
        updated_at: z.string(),
        escalated_at: z.string().nullable(),
      }),
    ),
  })
  .openapi('Stuck');
export type Stuck = z.infer<typeof stuckSchema>;

/** What the pictures of Monitoring are drawn from: each point stands for the span that begins with it. */
export const trendsSchema = z
  .object({
    range: z.enum(ranges),
    since: time,
    until: time,
    bucket_ms: z.number(),
    spend: z.array(
      z.object({
        at: time,
        model: z.string(),
        project: z.string(),
        usd,
        wasted_usd: usd,
        calls: z.number().int(),
      }),
    ),
    errors: z.array(
      z.object({
        at: time,
        failure_class: failureClass,
        count: z.number().int(),
        recovered: z.number().int(),
      }),
    ),
    throughput: z.array(
      z.object({
        at: time,
        submitted: z.number().int(),
        completed: z.number().int(),
        failed: z.number().int(),
        asked: z.number().int(),
      }),
    ),
    totals: z.object({
      spent_usd: usd,
      presumed_usd: usd,
      wasted_usd: usd,
      calls: z.number().int(),
      errors: z.number().int(),
      completed: z.number().int(),
      failed: z.number().int(),
    }),
    recovery: z.object({
      failures: z.number().int(),
      recovered: z.number().int(),
      rate: z.number().nullable(),
      mean_time_to_recover_ms: z.number().nullable(),
      by_strategy: z.array(
        z.object({ strategy: z.string(), tried: z.number().int(), recovered: z.number().int() }),
      ),
    }),
  })
  .openapi('Trends');
export type Trends = z.infer<typeof trendsSchema>;

export const errorSchema = z
  .object({
    id: uuid,
    timestamp: time,
    code: z.string(),
    message: z.string(),
    advice: z.string().nullable(),
    component: z.string(),
    operation: z.string(),
    severity,
    failure_class: failureClass,
    category,
    type: z.string(),
    recoverability: z.string(),
    retryable: z.boolean(),
    fallback_available: z.boolean(),
    rule: z.string().nullable(),
    confidence: z.number().nullable(),
    work_order_id: z.string().nullable(),
    run_id: z.string().nullable(),
    session_id: z.string().nullable(),
    step: z.string().nullable(),
    attempt: z.number().nullable(),
    fingerprint: z.string(),
    recovery_strategy: z.string().nullable(),
    recovery_success: z.boolean().nullable(),
    retry_count: z.number().int(),
    resolution_time_ms: z.number().nullable(),
    resolved_at: z.string().nullable(),
    process: metadata.nullable(),
    has_whole_evidence: z.boolean().nullable(),
    metadata,
    stack: z.string().nullable(),
  })
  .openapi('ErrorEvent');
export type ErrorCard = z.infer<typeof errorSchema>;
export const errorsQuery = pageQuery.extend({
  range: z.enum(ranges).default('24h'),
  failure_class: failureClass.optional(),
  component: z.string().max(200).optional(),
  code: z.string().max(200).optional(),
  fingerprint: z.string().max(200).optional(),
  work_order: z.string().max(36).optional(),
});
export const errorPage = pageOf(errorSchema, 'ErrorEvents');

export const errorGroupsSchema = z
  .object({
    since: time,
    until: time,
    evidence: z.object({
      errors_of_processes: z.number().int(),
      errors_with_full_evidence: z.number().int(),
      share: z.number().nullable(),
    }),
    groups: z.array(
      z.object({
        fingerprint: z.string(),
        code: z.string(),
        component: z.string(),
        failure_class: failureClass,
        message_shape: z.string(),
        message: z.string(),
        newest_id: z.string(),
        count: z.number().int(),
        count_before: z.number().int(),
        trend: z.enum(['new', 'rising', 'falling', 'steady']),
        course: z.array(z.number()),
        first_seen_at: z.string(),
        last_seen_at: z.string(),
        work_orders: z.number().int(),
        work_order_ids: z.array(z.string()),
        recovered_share: z.number().nullable(),
      }),
    ),
  })
  .openapi('ErrorGroups');
export type ErrorGroups = z.infer<typeof errorGroupsSchema>;

export const reproductionSchema = z
  .object({
    error_id: uuid,
    kind: z.string(),
    does: z.string(),
    expects: z.string(),
    files: z.array(z.object({ path: z.string(), content: z.string() })),
  })
  .openapi('Reproduction');

export const circuitSchema = z
  .object({
    key: z.string(),
    kind: z.string(),
    phase: z.enum(['closed', 'open', 'half_open']),
    since: time,
    opened_at: time.nullable(),
    openings: z.number().int(),
    because: z.string().nullable(),
    next_probe_at: time.nullable(),
    held_by: z.string().nullable(),
    paused_runs: z.number().int(),
  })
  .openapi('Circuit');
export const circuitsSchema = z.object({ items: z.array(circuitSchema) }).openapi('Circuits');
export type Circuit = z.infer<typeof circuitSchema>;

export const alertSchema = z
  .object({
    id: uuid,
    severity,
    component: z.string(),
    operation: z.string(),
    message: z.string(),
    times: z.number().int(),
    created_at: time,
    last_seen_at: time,
    resolved_at: time.nullable(),
    resolved_by: z.string().nullable(),
    metadata,
  })
  .openapi('Alert');
export const alertsSchema = z.object({ items: z.array(alertSchema) }).openapi('Alerts');
export type Alert = z.infer<typeof alertSchema>;
