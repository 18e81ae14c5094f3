// Every document that the command line prints with `--json`, by the command that prints it.
import { z } from '@hono/zod-openapi';
import { time, usd } from './base.ts';
import { printedBackups } from './health/backups.ts';
import { chaosSchema } from './health/chaos.ts';
import { printedFaults } from './health/demo.ts';
import { classifiedSchema, errorGroupsSchema, errorSchema, explainedErrorSchema } from './health/errors.ts';
import { diagnosisSchema } from './health/health.ts';
import {
  adminHealthSchema,
  alertSchema,
  circuitResetSchema,
  circuitSchema,
  stuckSchema,
  summarySchema,
  trendsSchema,
} from './health/monitoring.ts';
import { printedMachines } from './health/reconcile.ts';
import { targetsSchema } from './health/targets.ts';
import { upgradeSchema } from './health/upgrade.ts';
import { calibrationSchema } from './learning/calibration.ts';
import { experimentSchema, experimentsSchema } from './learning/experiments.ts';
import { learnedPolicySchema } from './learning/learned-policy.ts';
import { learningSchema } from './learning/learning.ts';
import { exclusionSchema, patternsSchema } from './learning/patterns.ts';
import { replayedLogSchema, replayedTableSchema } from './learning/replay.ts';
import {
  budgetCheckSchema,
  budgetSchema,
  limitsSchema,
  priceCheckSchema,
  priceSchema,
} from './money/money.ts';
import { printedCertificationSchema } from './people/certification.ts';
import { answerPolicySchema, escalationMeasuresSchema, resolutionSchema } from './people/escalations.ts';
import { createdInviteSchema, inviteSchema } from './people/invites.ts';
import {
  agentsSchema,
  auditEntrySchema,
  createdTokenSchema,
  settingSchema,
  settingVersionSchema,
  tokenSchema,
} from './people/settings.ts';
import { forgeCheckSchema, forgeHostSchema } from './projects/forges.ts';
import { printedInitSchema } from './projects/init.ts';
import { projectVariableSchema, rotatedKeySchema, secretsKeySchema } from './projects/project-variables.ts';
import {
  addedProjectSchema,
  projectSchema,
  projectValuesSchema,
  removedProjectSchema,
} from './projects/projects.ts';
import { printedComparisonSchema, specContractsSchema } from './work/contracts.ts';
import { postmortemSchema } from './work/postmortem.ts';
import { mergedPullRequestSchema } from './work/pull-requests.ts';
import {
  addedScheduleSchema,
  changedScheduleSchema,
  removedScheduleSchema,
  scheduleDetailSchema,
  scheduleSchema,
} from './work/schedules.ts';
import { printedSpecs } from './work/specs.ts';
import { verifiedChangeSchema } from './work/verified-change.ts';
import { eventSchema, workOrderRecordSchema } from './work/work-order-detail.ts';
import { previewSchema, sentSchema, undoPlanSchema, workOrderSchema } from './work/work-orders.ts';

const plan = undoPlanSchema.shape.steps;
const demoOrder = workOrderSchema
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
  eventSchema,
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

const undone = workOrderSchema.extend({ plan });

/** Commands that stream print one such document per line; `mcp` prints none. */
export const printedDocuments = {
  alerts: z.array(alertSchema).or(alertSchema),
  answer: resolutionSchema.or(workOrderSchema),
  approve: workOrderSchema,
  attach: logLine,
  audit: z.array(auditEntrySchema),
  budget: budgetSchema.or(budgetCheckSchema),
  cancel: workOrderSchema,
  chaos: chaosSchema,
  circuits: z.union([z.array(circuitSchema), circuitResetSchema, circuitSchema]),
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
  diff: workOrderSchema.pick({ id: true, branch: true, pull_request: true }).extend({ patch: z.string() }),
  doctor: diagnosisSchema,
  errors: z.union([errorSchema, z.array(errorSchema), errorGroupsSchema]),
  'errors explain': explainedErrorSchema,
  escalations: resolutionSchema.or(
    z.object({ escalations: z.array(resolutionSchema), measures: escalationMeasuresSchema }),
  ),
  explain: workOrderSchema,
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
  'agents certify': printedCertificationSchema,
  'agents login': z.object({ agent: z.string(), path: z.string() }),
  'agents logout': z.object({ agent: z.string(), path: z.string(), was_there: z.boolean() }),
  limits: limitsSchema.shape.limits,
  logs: logLine,
  ...printedMachines,
  ls: z.array(workOrderSchema),
  merge: mergedPullRequestSchema,
  open: z.object({ url: z.string(), token_path: z.string().nullable() }),
  pause: workOrderSchema,
  postmortem: postmortemSchema,
  targets: targetsSchema,
  prices: z.array(priceSchema).or(priceCheckSchema),
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
  resume: workOrderSchema,
  retry: workOrderSchema,
  run: workOrderSchema,
  'schedule add': addedScheduleSchema,
  'schedule change': changedScheduleSchema,
  'schedule list': z.array(scheduleSchema),
  'schedule pause': scheduleDetailSchema,
  'schedule remove': removedScheduleSchema,
  'schedule resume': scheduleDetailSchema,
  'schedule run': scheduleDetailSchema,
  'schedule show': scheduleDetailSchema,
  preview: previewSchema,
  send: sentSchema.extend({ id: z.string() }),
  show: workOrderRecordSchema,
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
  verify: verifiedChangeSchema,
  worker: upLine,
} satisfies Record<string, z.ZodType>;

/** What a command prints. */
export type PrintedDocument<Command extends keyof typeof printedDocuments> = z.infer<
  (typeof printedDocuments)[Command]
>;
