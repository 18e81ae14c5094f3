// The state of Moose, now and over time (R-UI-3, R-ESC-6).
import { z } from '@hono/zod-openapi';
import { pressureLevels, pressureUnits } from '../../domain/machine/pressure.ts';
import { failureClass, metadata, ranges, severity, time, usd, uuid } from '../base.ts';

const budgetStatus = z.enum(['normal', 'warning', 'critical']);
const budgetHealth = z.object({
  /** Includes what is presumed spent. */
  spent: usd,
  limit: usd,
  /** The spent and reserved share of the limit. */
  percentage: z.number(),
  status: budgetStatus,
  reservations: usd,
  pending_reservations: z.number().int().openapi({ description: 'How many reservations hold money.' }),
});
const agentStatus = z.object({
  status: z.enum(['healthy', 'degraded', 'down', 'idle']).openapi({
    description: '`idle`: it had nothing to do in the last day, so nothing shows that it works.',
  }),
  last_success: z.string().nullable(),
});

/** `GET /api/admin/health`; the contract fixes the names of its fields. */
export const adminHealthSchema = z
  .object({
    at: z.string(),
    /** `because`: why the database accepts no writes. */
    database: z.object({ takes_writes: z.boolean(), because: z.string().nullable() }),
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
      /** The share of errors among all ends of steps, in [0, 1]. */
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
    pressure: z.array(
      z.object({
        host: z.string(),
        level: z.enum(pressureLevels),
        because: z.string(),
        measurements: z.array(
          z.object({
            signal: z.string(),
            title: z.string(),
            unit: z.enum(pressureUnits),
            value: z.number().nullable(),
            scarce_when: z.enum(['small', 'large']),
            high: z.number(),
            critical: z.number().nullable(),
            level: z.enum(pressureLevels),
          }),
        ),
      }),
    ),
    forecasts: z.object({
      open: z.array(
        z.object({
          signal: z.string(),
          subject: z.string(),
          message: z.string(),
          raised_at: z.string(),
        }),
      ),
      /** The precision of the last 30 days' forecasts whose outcome is known. */
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
        is_stuck: z.boolean().openapi({ description: 'False: it is waiting for an outage to end.' }),
        why: z.string(),
        unblock: z.string(),
        last_progress: z.string().nullable(),
        last_progress_at: z.string().nullable(),
        updated_at: z.string(),
        /** When a person was last asked about this work order. */
        escalated_at: z.string().nullable(),
      }),
    ),
  })
  .openapi('Stuck');
export type Stuck = z.infer<typeof stuckSchema>;
export type StuckWorkOrder = Stuck['items'][number];

/** The data for the charts of Monitoring: each point stands for the period that starts with it. */
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
    /** One for each period. */
    questions: z.array(
      z.object({
        at: time,
        open: z.number().int().openapi({ description: 'At the end of the period.' }),
        asked: z.number().int(),
        answered: z.number().int(),
        answer_ms: z
          .number()
          .nullable()
          .openapi({ description: 'Mean time to the answers of this period; null if there was none.' }),
        delivery_ms: z
          .number()
          .nullable()
          .openapi({ description: 'Mean time until questions reached a channel; null if none did.' }),
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
      /** The number of failures whose outcome is known. */
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

export const circuitSchema = z
  .object({
    key: z.string(),
    kind: z.string(),
    phase: z.enum(['closed', 'open', 'half_open']),
    since: time,
    opened_at: time.nullable(),
    openings: z.number().int(),
    because: z
      .object({
        code: z.string(),
        message: z.string(),
        retry_after_ms: z.number().nullable().openapi({ description: 'The wait that was asked for.' }),
      })
      .nullable()
      .openapi({ description: 'The failure that last opened it.' }),
    next_probe_at: time.nullable(),
    held_by: z.string().nullable(),
    updated_by: z.string().openapi({ description: 'The process or person that last changed it.' }),
    paused_runs: z.number().int(),
  })
  .openapi('Circuit');
export const circuitsSchema = z.object({ items: z.array(circuitSchema) }).openapi('Circuits');
export type Circuit = z.infer<typeof circuitSchema>;

export const circuitResetSchema = circuitSchema
  .extend({
    woken_runs: z.number().int().openapi({ description: 'Runs that were waiting for it and now continue.' }),
  })
  .openapi('CircuitReset');

export const alertSchema = z
  .object({
    id: uuid,
    severity,
    component: z.string(),
    operation: z.string(),
    code: z.string().nullable(),
    message: z.string(),
    times: z.number().int(),
    created_at: time,
    last_seen_at: time,
    resolved_at: time.nullable(),
    resolved_by: z.string().nullable(),
    key: z
      .string()
      .nullable()
      .openapi({ description: 'What it is about; an open alert is the only one with its key.' }),
    metadata,
  })
  .openapi('Alert');
export const alertsSchema = z.object({ items: z.array(alertSchema) }).openapi('Alerts');
export const alertsQuery = z.object({ all: z.enum(['true', 'false']).default('false') });
export type Alert = z.infer<typeof alertSchema>;

/** The results of one day, in the time zone of the budgets. */
export const summarySchema = z
  .object({
    day: z.string().openapi({ example: '2026-01-31' }),
    time_zone: z.string(),
    is_so_far: z.boolean().openapi({ description: 'The day is not over yet.' }),
    submitted: z.number().int(),
    completed: z.number().int(),
    failed: z.number().int(),
    cancelled: z.number().int(),
    completed_titles: z.array(z.string()),
    spent_usd: usd,
    wasted_usd: usd,
    errors: z.number().int(),
    recovered: z.number().int(),
    unrecovered: z.number().int(),
    escalated: z.number().int(),
    answered: z.number().int(),
    open_escalations: z.number().int(),
    open_work_orders: z.number().int(),
    ready_to_merge: z
      .number()
      .int()
      .openapi({ description: 'Changes that wait for a person to merge them now, of whatever day.' }),
    open_alerts: z.number().int(),
  })
  .openapi('Summary');
export type Summary = z.infer<typeof summarySchema>;
export const summaryQuery = z.object({ day: z.string().max(40).optional() });
