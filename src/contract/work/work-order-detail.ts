// One work order in full: its timeline, its processes and their output, its errors, effects, change, and the
// actions on it.

import { z } from '@hono/zod-openapi';
import { sessionWays } from '../../domain/agents/login.ts';
import { sessionPurposes } from '../../domain/machine/session.ts';
import { limitLevels } from '../../domain/machine/session-limits.ts';
import { steps } from '../../domain/transitions.ts';
import { saidKinds } from '../../domain/work-order/message.ts';
import { acts } from '../../domain/work-order/work-order.ts';
import {
  agentAssetsSchema,
  category,
  failureClass,
  metadata,
  pageOf,
  pageQuery,
  queryInteger,
  severity,
  time,
  usd,
  uuid,
} from '../base.ts';
import { askedSchema } from './asked.ts';
import { candidatesSchema } from './candidates.ts';
import { jointSchema } from './joint-changes.ts';
import { pullRequestSchema } from './pull-requests.ts';
import { parentSchema, subtaskSchema } from './subtasks.ts';
import { workOrderSchema } from './work-orders.ts';

const step = z.enum(steps);

const attemptSchema = z.object({
  number: z.number().int(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  outcome: z.enum(['running', 'done', 'failed', 'stopped']),
  what: z.string().openapi({ description: 'The agent or check, the model, or the step itself.' }),
  error_id: uuid.nullable(),
  error: z.string().nullable(),
  session_id: uuid.nullable(),
  cost_usd: usd,
});
const saidSchema = z.object({
  at: time,
  kind: z.enum(saidKinds),
  by: z.string(),
  text: z.string().openapi({ description: 'Who said what, in one line.' }),
});

const stationSchema = z
  .object({
    run: z.number().int(),
    cycle: z.number().int(),
    cycles_max: z.number().int().nullable().optional().openapi({
      description:
        'How many cycles its run may have after the first, as its decisions say; null if nothing says it.',
    }),
    because: z.string().nullable().optional().openapi({
      description: 'Why its run or its cycle began; null for a step that only follows another one.',
    }),
    step,
    state: z.enum(['done', 'sent_back', 'failed', 'running', 'retrying', 'waiting', 'undone']),
    started_at: time.nullable(),
    finished_at: time.nullable(),
    duration_ms: z.number().nullable(),
    cost_usd: usd,
    model_calls: z.number().int(),
    summary: z.string().openapi({ description: 'The result, in one line.' }),
    attempts: z.array(attemptSchema),
  })
  .openapi('Station');
export type Station = z.infer<typeof stationSchema>;

export const sessionSchema = z
  .object({
    id: uuid,
    work_order_id: uuid,
    title: z.string(),
    purpose: z.enum(sessionPurposes),
    name: z.string(),
    run: z.number().int(),
    cycle: z.number().int(),
    attempt: z.number().int(),
    state: z.string(),
    directory: z
      .string()
      .openapi({ description: 'The directory with its files and its output, on its machine.' }),
    host: z.string(),
    unreachable_since: time.nullable().openapi({
      description:
        'When its machine became unreachable: it may still run there. Null: its machine is reachable.',
    }),
    is_here: z.boolean().openapi({ description: 'Whether it is on the machine that answers.' }),
    isolation: z.string(),
    limits: z
      .object({
        level: z.enum(limitLevels),
        memory_bytes: z.number().int().nullable(),
        processes: z.number().int().nullable(),
        cpus: z.number().nullable(),
      })
      .nullable()
      .openapi({
        description:
          'The limits that were in force. A part that its machine could not limit is null. Null: not known.',
      }),
    used: z
      .object({
        memory_peak_bytes: z.number().int().nullable(),
        processes_peak: z.number().int().nullable(),
        cpu_ms: z.number().int().nullable(),
      })
      .nullable()
      .openapi({
        description:
          'What it had used when it ended. Null: it has not ended, or its machine counted nothing.',
      }),
    image: z.string().nullable().openapi({
      description:
        "The container image in which the session runs, with its digest; null if it uses the machine's programs.",
    }),
    egress: z.string().nullable().openapi({
      description:
        'The network that the session could reach: `none`, `gateway`, `listed` (package registries and the hosts of the project) or `open`. Null: not known.',
    }),
    way: z.enum(sessionWays).nullable().openapi({
      description:
        'How an agent reached its model: through the gateway, or with a login of yours. Null: it calls none.',
    }),
    reported: z
      .object({
        input_tokens: z.number().int().nullable(),
        output_tokens: z.number().int().nullable(),
        notional_usd: usd.nullable(),
      })
      .nullable()
      .openapi({
        description:
          'What the program of a session with a login reported: covered by the subscription, not spent. Null: it used no login.',
      }),
    refused: z
      .array(
        z.object({
          host: z.string(),
          port: z.number().int(),
          reason: z.string(),
          count: z.number().int(),
          first_at: time,
        }),
      )
      .openapi({ description: 'Connections that the session tried to open and that were refused.' }),
    assets: agentAssetsSchema.nullable().openapi({
      description: 'What the base commit gave an agent of a trusted project, by name. Null: nothing.',
    }),
    exit_code: z.number().int().nullable(),
    signal: z.string().nullable(),
    end_reason: z.string().nullable(),
    ready_at: time
      .nullable()
      .openapi({ description: 'When a service became ready; null: not yet, or it is not a service.' }),
    preview_url: z
      .string()
      .nullable()
      .openapi({ description: 'Where a service can be seen from its machine; null: nowhere.' }),
    can_preview: z.boolean().openapi({
      description: 'Whether a person can open the service through Moose while it runs, if previews are on.',
    }),
    viewer: z.string().nullable().openapi({
      description:
        'The tmux session in which a running agent can be watched on its machine: `moose attach ID --tmux`. Null: there is none.',
    }),
    created_at: time,
    started_at: time.nullable(),
    ended_at: time.nullable(),
  })
  .openapi('Session');
export type Session = z.infer<typeof sessionSchema>;
export const sessionsQuery = pageQuery.extend({ state: z.enum(['running', 'all']).default('running') });
export const sessionPage = pageOf(sessionSchema, 'Sessions');
export const sessionsOfWorkOrderSchema = z
  .object({ items: z.array(sessionSchema).openapi({ description: 'Oldest first.' }) })
  .openapi('SessionsOfWorkOrder');

export const outputSchema = z
  .object({
    session_id: uuid,
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
    offset: z.number().int(),
    next_offset: z.number().int().openapi({ description: 'The offset to read from next.' }),
    size: z.number().int(),
    is_over: z.boolean().openapi({ description: 'The output is complete.' }),
    is_here: z.boolean().openapi({
      description:
        'False: the output is on another machine, which has not stored any of it in the database yet.',
    }),
  })
  .openapi('Output');
export const outputQuery = z.object({
  stream: z.enum(['stdout', 'stderr']).default('stdout'),
  offset: queryInteger({ min: 0, byDefault: 0 }),
});
export type Output = z.infer<typeof outputSchema>;

const checkSchema = z.object({
  run: z.number().int(),
  cycle: z.number().int(),
  kind: z.string(),
  command: z.string(),
  is_green: z.boolean().nullable(),
  duration_ms: z.number().nullable(),
  output_tail: z.string(),
  red_before: z.array(z.string()).nullable().openapi({
    description:
      'What fails, as far as the output names it, if the check fails in the same way without the change and so does not count against it. Null otherwise.',
  }),
});
const decisionSchema = z.object({
  kind: z.string(),
  agent_type: z.string(),
  input: z.unknown(),
  output: z.unknown(),
  created_at: time,
});
export const workOrderErrorSchema = z.object({
  id: uuid,
  code: z.string(),
  message: z.string(),
  advice: z.string().nullable(),
  failure_class: failureClass,
  category,
  severity,
  rule: z.string().nullable(),
  confidence: z.number().nullable(),
  step: step.nullable(),
  recovery_strategy: z.string().nullable(),
  recovery_success: z.boolean().nullable(),
  retry_count: z.number().int(),
  timestamp: time,
});
const effectSchema = z.object({
  kind: z.string(),
  key: z.string(),
  state: z.enum(['intended', 'done', 'undone', 'undo_failed']),
  detail: metadata,
  undo: z
    .string()
    .nullable()
    .openapi({ description: 'What undoing it does; null if there is nothing to undo.' }),
});

export const actSchema = z
  .object({
    act: z.enum(acts),
    is_possible: z.boolean(),
    why_not: z.string().nullable(),
    consequence: z.array(z.string()).openapi({ description: 'What it will do, one sentence each.' }),
    cost_usd: usd.nullable().openapi({ description: 'What it may cost at most; null if it costs nothing.' }),
    is_destructive: z.boolean(),
    /** For a retry: the steps from which it may start. */
    steps: z.array(step),
  })
  .openapi('Act');
export type ActView = z.infer<typeof actSchema>;

const proofLineSchema = z
  .object({
    mark: z.enum(['good', 'bad', 'note']).openapi({
      description:
        '`good`: it speaks for the change. `bad`: it speaks against it. `note`: people read it, and decide.',
    }),
    text: z.string().openapi({ description: 'One sentence.' }),
  })
  .openapi('ProofLine');
export type ProofLine = z.infer<typeof proofLineSchema>;

export const workOrderDetailSchema = workOrderSchema
  .extend({
    description: z.string(),
    acceptance: z.string(),
    command: z.string().nullable().openapi({
      description: 'The shell command that makes the change instead of an agent; or null.',
    }),
    asked: askedSchema.nullable().openapi({
      description: 'What the task allows to change among tests and configuration; null: nothing.',
    }),
    limit_usd: usd.nullable(),
    wasted_usd: usd,
    time_limit_ms: z.number(),
    agent: z.string().nullable(),
    model: z.string().nullable(),
    approved_by: z.string().nullable(),
    spec: z.object({ id: uuid, key: z.string() }).nullable().openapi({
      description: 'The spec that it is a part of, and its key in the plan; null if it is of none.',
    }),
    candidates: candidatesSchema.nullable().openapi({
      description: 'All candidates for the same work, with this one; null if it is not a candidate.',
    }),
    joint_change: jointSchema.nullable().openapi({
      description: 'All changes of its joint change, with this one; null if it belongs to none.',
    }),
    parent: parentSchema.nullable().openapi({
      description: 'The work order whose agent has asked for this one; null if no agent has.',
    }),
    subtasks: z.array(subtaskSchema).openapi({
      description: 'The work orders that its agent has asked for, oldest first.',
    }),
    failure: metadata.nullable(),
    counters: z.object({
      agent_runs: z.number().int(),
      model_calls: z.number().int(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      refinement_cycles: z.number().int(),
      refinement_cycles_max: z.number().int(),
    }),
    timeline: z.array(stationSchema),
    sessions: z.array(sessionSchema),
    checks: z.array(checkSchema),
    pull_requests: z.array(pullRequestSchema).openapi({ description: 'Newest first.' }),
    proof: z.array(proofLineSchema).openapi({
      description: 'What shows that the change is right, and what does not, the most severe first.',
    }),
    said: z.object({ agent: z.string(), text: z.string() }).nullable().openapi({
      description: 'What its agent said at its end; null if it has said nothing.',
    }),
    costs: z.array(
      z.object({
        type: z.string(),
        status: z.string(),
        service: z.string(),
        model: z.string().nullable(),
        reserved_usd: usd,
        actual_usd: usd.nullable(),
        created_at: time,
      }),
    ),
    decisions: z.array(decisionSchema),
    errors: z.array(workOrderErrorSchema),
    effects: z.array(effectSchema),
    acts: z.array(actSchema),
    conversation: z
      .array(saidSchema)
      .optional()
      .openapi({ description: 'Messages and answers, oldest first: what steered the work.' }),
    events: z.number().int(),
    totals: z
      .object({
        errors: z.number().int(),
        sessions: z.number().int(),
        costs: z.number().int(),
        decisions: z.number().int(),
        effects: z.number().int(),
      })
      .openapi({ description: 'The total number of each kind; only the newest are listed here.' }),
  })
  .openapi('WorkOrderDetail');
export type WorkOrderDetail = z.infer<typeof workOrderDetailSchema>;

/** The page has the newest, and what can be done; the record has all, for programs and the command line. */
export const workOrderRecordSchema = workOrderDetailSchema
  .omit({ timeline: true, checks: true, acts: true, totals: true })
  .extend({
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
    escalation: z
      .object({
        title: z.string(),
        context: metadata,
        options: z.unknown(),
        recommended: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'The open question; null if there is none.' }),
  })
  .openapi('WorkOrderRecord');
export type WorkOrderRecord = z.infer<typeof workOrderRecordSchema>;

/** The status, the step and the state of the step. */
const place = z.record(z.string().max(40), z.string().nullable());

export const eventSchema = z
  .object({
    id: z.string().openapi({ description: 'Increases with each event of this work order.' }),
    at: time,
    kind: z.string(),
    actor: z.string(),
    what: z.string().openapi({ description: 'In one line.' }),
    reason: z.string(),
    from: place.nullable().openapi({ description: 'Where the work order was; null if it did not move.' }),
    to: place.nullable().openapi({ description: 'Where the work order is now; null if it did not move.' }),
    is_progress: z.boolean(),
    detail: metadata,
  })
  .openapi('WorkOrderEvent');
export type WorkOrderEvent = z.infer<typeof eventSchema>;
/** As `pageOf`, with the state. */
export const eventPage = z
  .object({
    items: z.array(eventSchema),
    next_cursor: z.string().nullable().openapi({
      description: 'Null on the last page. The id of any event is a cursor too: for those that come later.',
    }),
    is_settled: z.boolean().openapi({
      description:
        'No run is open, and it does not wait for CI: nothing more happens by itself. Read before the events, so that the last page is then complete.',
    }),
    newest_id: z.string().openapi({ description: 'The id of the newest event; 0 if there is none.' }),
  })
  .openapi('WorkOrderEvents');
export type EventPage = z.infer<typeof eventPage>;

export const diffQuery = z.object({
  whole: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: 'Also the part after the first megabyte.' }),
});
export const diffSchema = z
  .object({
    patch: z.string().nullable().openapi({ description: 'Null if there is no change yet.' }),
    is_whole: z.boolean(),
    files: z.array(
      z.object({
        path: z.string(),
        added: z.number().int(),
        removed: z.number().int(),
        is_automatic: z.boolean().openapi({
          description: 'CI, git or Moose acts by it without being told, so review it with care.',
        }),
      }),
    ),
  })
  .openapi('Diff');
export type Diff = z.infer<typeof diffSchema>;
