// Every document that the command line prints with `--json`, by the command that prints it.
import { z } from '@hono/zod-openapi';
import { printedBackups } from './backups.ts';
import { metadata, time, usd } from './base.ts';
import { calibrationSchema } from './calibration.ts';
import { calledPullRequest } from './call-shapes.ts';
import { chaosSchema } from './chaos.ts';
import { printedComparisonSchema, specContractsSchema } from './contracts.ts';
import { printedFaults } from './demo.ts';
import { classifiedSchema, errorGroupsSchema, errorSchema } from './errors.ts';
import { answerPolicySchema, measuredEscalationsSchema, resolutionSchema } from './escalations.ts';
import { experimentSchema, experimentsSchema } from './experiments.ts';
import { forgeCheckSchema, forgeHostSchema } from './forges.ts';
import { diagnosisSchema } from './health.ts';
import { createdInviteSchema, inviteSchema } from './invites.ts';
import { learnedPolicySchema } from './learned-policy.ts';
import { learningSchema } from './learning.ts';
import { budgetSchema, limitsSchema } from './money.ts';
import { adminHealthSchema, circuitSchema, stuckSchema, summarySchema, trendsSchema } from './monitoring.ts';
import { exclusionSchema, patternsSchema } from './patterns.ts';
import { postmortemSchema } from './postmortem.ts';
import {
  printedAlertSchema,
  printedDetailSchema,
  printedInitSchema,
  printedWorkOrderSchema,
} from './printed.ts';
import { printedPriceSchema, recomputedSchema } from './printed-prices.ts';
import { projectVariableSchema, rotatedKeySchema, secretsKeySchema } from './project-variables.ts';
import { addedProjectSchema, projectSchema, projectValuesSchema, removedProjectSchema } from './projects.ts';
import { printedMachines } from './reconcile.ts';
import { replayedLogSchema, replayedTableSchema } from './replay.ts';
import {
  addedScheduleSchema,
  changedScheduleSchema,
  removedScheduleSchema,
  scheduleDetailSchema,
  scheduleSchema,
} from './schedules.ts';
import {
  agentsSchema,
  auditEntrySchema,
  createdTokenSchema,
  settingSchema,
  settingVersionSchema,
  tokenSchema,
} from './settings.ts';
import { printedSpecs } from './specs.ts';

import { targetsSchema } from './targets.ts';
import { upgradeSchema } from './upgrade.ts';

import { eventSchema } from './work-order-detail.ts';
import { sentSchema, undoPlanSchema } from './work-orders.ts';

const plan = undoPlanSchema.shape.steps;
const demoOrder = printedWorkOrderSchema
  .pick({
    id: true,
    title: true,
    project: true,
    status: true,
    step: true,
    step_state: true,
    failure_class: true,
    run: true,
    branch: true,
    pull_request: true,
    cost_usd: true,
    created_at: true,
    updated_at: true,
    explain: true,
  })
  .extend({
    refinement_cycles: z.number().int(),
    errors: z.array(
      z.object({ type: z.string(), failure_class: z.string().nullable(), recovery: z.string().nullable() }),
    ),
  });

/** A row of the recovery table, as `moose config set` takes it. */
const recoveryRow = z.object({
  component: z.string(),
  failure_class: z.string(),
  category: z.string(),
  code: z.string().nullable(),
  act: z.string(),
  delays_ms: z.array(z.number()).readonly(),
  otherwise: z.string().nullable(),
  does: z.string(),
  because: z.string(),
});

const { windows, envelopes, calls, by_model, architect } = budgetSchema.shape;
const spent = z.array(by_model.element.omit({ title: true }));
const budget = z.object({
  windows,
  calls,
  architect,
  envelopes: z.array(envelopes.element.omit({ title: true })),
  today: z.object({ by_model: spent, by_work_order: spent }),
});
const counters = z.object({
  holds: z.boolean(),
  differences: z.array(z.object({ of: z.string(), counter: z.string(), counted_usd: usd, summed_usd: usd })),
});

/** A circuit with its last cause in full, and the process that wrote it. */
const circuit = circuitSchema.extend({
  because: z
    .object({ code: z.string(), message: z.string(), retryAfterMs: z.number().optional() })
    .nullable(),
  updated_by: z.string().nullable(),
});

const demo = z.object({
  name: z.string(),
  ok: z.boolean(),
  is_scripted: z.boolean(),
  seconds: z.number(),
  repository: z.string(),
  data: z.string(),
  completed: z.number().int(),
  refined: z.number().int(),
  cost_usd: usd,
  /** The spec whose plan ran; null without `--spec`. */
  spec: z.object({ id: z.string(), name: z.string(), summary: z.string() }).nullable(),
  work_orders: z.array(demoOrder),
});

const reproduced = z.object({
  error: z.string(),
  code: z.string(),
  kind: z.string(),
  directory: z.string(),
  does: z.string(),
  expects: z.string(),
  files: z.array(z.string()),
});

/** A line of the commands that print one JSON document per line: an event, or a line of a session's output. */
const logLine = z.union([
  eventSchema
    .pick({ at: true, kind: true, actor: true, detail: true })
    .extend({ reason: z.string(), from: metadata.nullable(), to: metadata.nullable() }),
  z.object({
    at: time,
    kind: z.literal('output'),
    session: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
]);

/** The lines of `moose up` and `moose worker`, by their `event`. */
const upLine = z.union([
  z.object({ event: z.string(), url: z.string(), token_path: z.string() }),
  z.object({ event: z.string(), executor: z.string(), database: z.string(), pid: z.number().int() }),
  /** Where a worker answers probes. */
  z.object({ event: z.string(), url: z.string() }),
  z.object({ event: z.string() }),
]);

const workOrder = printedWorkOrderSchema;
const undone = workOrder.extend({ plan });

/** Commands that stream print one such document per line; `mcp` prints none. */
export const printedDocuments = {
  alerts: z.array(printedAlertSchema).or(printedAlertSchema),
  answer: resolutionSchema.or(workOrder),
  approve: workOrder,
  attach: logLine,
  audit: z.array(auditEntrySchema),
  budget: budget.or(counters),
  cancel: workOrder,
  chaos: chaosSchema,
  circuits: z.union([z.array(circuit), circuit.extend({ woken_runs: z.number().int() }), circuit]),
  /** `id` is the ID of the case, if it has one. */
  'contract check': printedComparisonSchema,
  'spec contracts': specContractsSchema,
  classify: classifiedSchema.extend({ id: z.unknown().optional() }),
  completion: z.object({ shell: z.string(), script: z.string() }),
  config: z.array(settingSchema),
  'config answers': z.array(answerPolicySchema),
  'config get': settingSchema,
  'config history': z.array(settingVersionSchema),
  'config policies': z.array(recoveryRow),
  'config set': settingSchema,
  'config unset': settingSchema.pick({ key: true }),
  demo: z.union([demo, ...printedFaults.options]),
  diff: workOrder.pick({ id: true, branch: true, pull_request: true }).extend({ patch: z.string() }),
  doctor: diagnosisSchema,
  errors: z.union([errorSchema, z.array(errorSchema), errorGroupsSchema]),
  escalations: resolutionSchema.or(
    z.object({ escalations: z.array(resolutionSchema), measures: measuredEscalationsSchema }),
  ),
  explain: workOrder,
  'forge add': forgeHostSchema,
  'forge check': z.array(forgeCheckSchema),
  'forge ls': z.array(forgeHostSchema),
  'forge rm': z.object({ removed: z.string() }),
  'hand-on': resolutionSchema,
  health: adminHealthSchema,
  init: printedInitSchema,
  learning: learningSchema,
  'learning patterns': patternsSchema,
  'learning policy': learnedPolicySchema,
  'learning calibration': calibrationSchema,
  'learning compare': experimentSchema,
  'learning experiments': experimentsSchema,
  'learning end': experimentSchema,
  'learning stop': exclusionSchema,
  'learning allow': exclusionSchema,
  'agents ls': agentsSchema,
  'agents login': z.object({ agent: z.string(), path: z.string() }),
  'agents logout': z.object({ agent: z.string(), path: z.string(), was_there: z.boolean() }),
  limits: limitsSchema.shape.limits,
  logs: logLine,
  ...printedMachines,
  ls: z.array(workOrder),
  merge: calledPullRequest,
  open: z.object({ url: z.string(), token_path: z.string().nullable() }),
  pause: workOrder,
  postmortem: postmortemSchema,
  targets: targetsSchema,
  prices: z.array(printedPriceSchema).or(recomputedSchema),
  'project add': addedProjectSchema,
  'project ls': z.array(projectSchema),
  'project rm': removedProjectSchema,
  'project set': projectSchema,
  'project show': projectSchema.extend({ values: projectValuesSchema }),
  'project variable key': secretsKeySchema,
  'project variable ls': z.array(projectVariableSchema),
  'project variable rm': z.object({ removed: z.string() }),
  'project variable rotate': rotatedKeySchema,
  'project variable set': projectVariableSchema,
  reproduce: reproduced,
  /** With `--interactive` it speaks a protocol of its own: `judgedLineSchema`. */
  replay: replayedTableSchema.or(replayedLogSchema),
  resume: workOrder,
  retry: workOrder,
  run: workOrder,
  'schedule add': addedScheduleSchema,
  'schedule change': changedScheduleSchema,
  'schedule list': z.array(scheduleSchema),
  'schedule pause': scheduleDetailSchema,
  'schedule remove': removedScheduleSchema,
  'schedule resume': scheduleDetailSchema,
  'schedule run': scheduleDetailSchema,
  'schedule show': scheduleDetailSchema,
  send: sentSchema.extend({ id: z.string() }),
  show: printedDetailSchema,
  ...printedSpecs,
  ...printedBackups,
  stuck: stuckSchema.shape.items,
  summary: summarySchema,
  'invites create': createdInviteSchema,
  'invites ls': z.array(inviteSchema),
  'invites revoke': inviteSchema,
  'tokens create': createdTokenSchema,
  'tokens ls': z.array(tokenSchema),
  'tokens revoke': tokenSchema,
  trends: trendsSchema,
  undo: z.union([undone, z.object({ id: z.string(), plan })]),
  up: upLine,
  upgrade: upgradeSchema,
  worker: upLine,
} satisfies Record<string, z.ZodType>;

/** What a command prints. */
export type PrintedDocument<Command extends keyof typeof printedDocuments> = z.infer<
  (typeof printedDocuments)[Command]
>;
