// Specs: the upload, and the estimated cost of its work (R-SPEC-1).
import { z } from '@hono/zod-openapi';
import { planChangeSchema } from '../../domain/plan/compare-plans.ts';
import { planSchema } from '../../domain/plan/plan.ts';
import { planProblemSchema } from '../../domain/plan/plan-problems.ts';
import { statuses, stepStates, steps } from '../../domain/transitions.ts';
import { specRunStates } from '../../domain/work-order/spec-run-state.ts';
import { stages } from '../../domain/work-order/stage.ts';
import { name, pageOf, time, usd, uuid } from '../base.ts';

export const specUploadSchema = z
  .object({
    name,
    content: z.string().openapi({ description: 'Markdown or plain text, at most 512 kB in UTF-8.' }),
    project: z.string().max(200).optional(),
  })
  .openapi('SpecUpload');
export type SpecUpload = z.infer<typeof specUploadSchema>;

export const estimateSchema = z
  .object({
    tokens: z.number().int().openapi({ description: 'The approximate size of the text.' }),
    sections: z.number().int(),
    architect_model: z.string(),
    architect_usd: usd.openapi({ description: 'What splitting it would cost at most.' }),
    work_orders: z.object({ low: z.number().int(), high: z.number().int() }),
    work_usd: z.object({ low: usd, high: usd }),
    basis: z.string().openapi({ description: 'What the estimate is based on.' }),
    warnings: z.array(z.string()),
  })
  .openapi('SpecEstimate');
export type SpecEstimate = z.infer<typeof estimateSchema>;

export const specSchema = z
  .object({
    id: uuid,
    name: z.string(),
    project: z.string().nullable(),
    bytes: z.number().int(),
    estimate: estimateSchema,
    run_state: z
      .enum(specRunStates)
      .nullable()
      .openapi({ description: 'The progress of the approved plan; null if no plan is approved.' }),
    created_by: z.string(),
    created_at: time,
  })
  .openapi('Spec');
export type Spec = z.infer<typeof specSchema>;
export const specDetailSchema = specSchema.extend({ content: z.string() }).openapi('SpecDetail');
export type SpecDetail = z.infer<typeof specDetailSchema>;
const planningFields = z.object({
  id: uuid,
  state: z.enum(['asked', 'working', 'planned', 'failed', 'cancelled']),
  model: z.string(),
  rounds: z
    .number()
    .int()
    .openapi({ description: "Number of the Architect's answers so far, including repairs." }),
  rounds_max: z.number().int(),
  limit_usd: usd.openapi({ description: 'Maximum total cost; does not count toward the daily limit.' }),
  spent_usd: usd,
  failure: z.string().nullable().openapi({ description: 'Why there is no valid plan.' }),
  failure_code: z.string().nullable(),
  advice: z.string().nullable(),
  declined: z
    .array(z.object({ machine: z.string(), lacks: z.string() }))
    .openapi({ description: 'The machines that cannot plan it; another one has to.' }),
  run_for: z
    .string()
    .nullable()
    .openapi({ description: 'Who wants the plan to run: the Director decides about it.' }),
  asked_by: z.string(),
  asked_at: time,
  ended_at: time.nullable(),
});
export const planningSchema = planningFields.openapi('SpecPlanning');
export type SpecPlanning = z.infer<typeof planningSchema>;

export const planningStateSchema = z
  .object({ planning: planningFields.nullable() })
  .openapi('SpecPlanningState');

const planVersion = z.object({
  version: z.number().int(),
  made_by: z.string(),
  because: z.string(),
  created_at: time,
  work_orders: z.number().int(),
  is_aside: z
    .boolean()
    .openapi({ description: 'It came after a person had edited the plan, and is never the newest.' }),
  problems: z.array(planProblemSchema).openapi({ description: 'Why it is not valid; empty if it is.' }),
});
export const planVersionSchema = planVersion.openapi('SpecPlanVersion');
export type SpecPlanVersion = z.infer<typeof planVersionSchema>;
export const planVersionsSchema = z.object({ items: z.array(planVersionSchema) }).openapi('SpecPlanVersions');

export const specPlanSchema = planVersionSchema
  .extend({
    plan: planSchema,
    layers: z
      .array(z.array(z.string()))
      .openapi({ description: 'Keys of work orders, by layer: each layer depends only on earlier layers.' }),
  })
  .openapi('SpecPlan');
export type SpecPlan = z.infer<typeof specPlanSchema>;

/** Versions of a plan side by side: why one was refused, and what the next one changed (R-SPEC-4). */
export const planChangesSchema = z
  .object({
    before: planVersion.nullable().openapi({ description: 'The version before it; null for the first one.' }),
    after: planVersionSchema,
    items: z.array(planChangeSchema).openapi({ description: 'What changed; empty for the first version.' }),
  })
  .openapi('SpecPlanChanges');
export type SpecPlanChanges = z.infer<typeof planChangesSchema>;

const usdRange = z.object({ low: usd, high: usd });
export type UsdRange = z.infer<typeof usdRange>;

const namedOrder = { id: uuid, key: z.string(), title: z.string() };
const summarySchema = z
  .object({
    built: z.array(
      z.object({
        ...namedOrder,
        pull_request: z.string().nullable(),
        is_merged: z.boolean(),
        is_reverted: z.boolean(),
      }),
    ),
    open: z.array(
      z.object({
        ...namedOrder,
        status: z.enum(statuses),
        is_waiting: z.boolean().openapi({ description: 'It waits for other work orders of its plan.' }),
      }),
    ),
    cost_usd: usd.openapi({
      description: 'Includes work orders that others have replaced, but not the cost of planning.',
    }),
    estimate_usd: usdRange.nullable().openapi({ description: 'The estimate at the time of approval.' }),
    text: z.string().openapi({ description: 'The same in a few sentences.' }),
  })
  .openapi('SpecSummary');
export type SpecSummary = z.infer<typeof summarySchema>;

const plannedOrderSchema = z
  .object({
    ...namedOrder,
    status: z.enum(statuses),
    stage: z.enum(stages).openapi({ description: 'Where it stands for a person.' }),
    step: z.enum(steps).nullable(),
    step_state: z.enum(stepStates).nullable(),
    layer: z.number().int().openapi({ description: 'From 1; each layer depends only on the ones before.' }),
    depends_on: z.array(z.string()).openapi({ description: 'Keys.' }),
    waits_for: z
      .array(z.string())
      .openapi({ description: 'The keys of those in depends_on that still hold it back.' }),
    holds_back: z.array(z.string()).openapi({
      description: 'The keys of those that cannot start before it is done, directly or through others.',
    }),
    is_started: z.boolean(),
    is_paused: z.boolean(),
    pull_request: z.string().nullable(),
    is_merged: z.boolean(),
    is_reverted: z.boolean().openapi({ description: 'Its change was reverted after its merge.' }),
    cost_usd: usd,
    estimate_usd: usdRange.nullable(),
    explain: z.string().openapi({ description: 'Why it does not move, in one line.' }),
  })
  .openapi('PlannedWorkOrder');
export type PlannedWorkOrder = z.infer<typeof plannedOrderSchema>;

const specRunFields = z.object({
  state: z.enum(specRunStates).openapi({
    description:
      'approved: its work orders exist, and nobody has started them; done: none can move, and some may be open.',
  }),
  version: z.number().int().openapi({ description: 'The approved version of the plan.' }),
  approved_by: z.string(),
  approved_at: time,
  changed_by: z.string(),
  changed_at: time,
  work_orders: z.array(plannedOrderSchema),
  summary: summarySchema,
});
export type SpecRun = z.infer<typeof specRunFields>;
export const specRunStateSchema = z
  .object({ run: specRunFields.openapi('SpecRun').nullable() })
  .openapi('SpecRunState');
export const steerSpecSchema = z
  .strictObject({
    plan: z
      .number()
      .int()
      .min(1)
      .optional()
      .openapi({ description: 'The version to approve; must be the newest, which is the default.' }),
  })
  .openapi('SteerSpec');

export const askPlanSchema = z
  .strictObject({
    project: name.optional().openapi({ description: 'The project, if the spec has none yet.' }),
    again: z.boolean().optional().openapi({ description: 'Plan it again, at extra cost.' }),
    run: z.boolean().optional().openapi({
      description: 'Have the Director decide about the plan: approve it, or ask a person.',
    }),
  })
  .openapi('AskPlan');
export type AskPlan = z.infer<typeof askPlanSchema>;
export const editPlanSchema = z
  .strictObject({
    plan: z.unknown().openapi({ description: 'A complete plan, in the form in which Moose returns it.' }),
    after: z.number().int().min(1).openapi({ description: 'The version on which the edit is based.' }),
    because: name.optional(),
  })
  .openapi('EditPlan');
export type EditPlan = z.infer<typeof editPlanSchema>;

const range = z.object({ low: usd, mid: usd, high: usd });
const objectionSchema = z.object({
  row: z.string().openapi({ description: 'The row of the policy that decided.' }),
  keys: z.array(z.string()).openapi({ description: 'Work orders; empty: the whole plan.' }),
  because: z.string(),
});
export type SpecObjection = z.infer<typeof objectionSchema>;
const decisionSchema = z.object({
  decision: z.string().openapi({
    description: 'approve or ask, by the Director; approve, approve_part, send_back or cancel, by a person.',
  }),
  version: z.number().int().openapi({ description: 'Of the plan.' }),
  by: z.string().nullable(),
  note: z.string().nullable(),
  failure: z.string().nullable().openapi({ description: 'Why it could not be carried out.' }),
  objections: z.array(objectionSchema),
  estimate_usd: range.nullable(),
  hard_stops_off: z
    .array(z.string())
    .openapi({ description: 'Built-in hard-stop words that a setting had switched off.' }),
  decided_at: time,
});
export const specDecisionsSchema = z
  .object({
    items: z.array(decisionSchema),
    is_open: z
      .boolean()
      .openapi({ description: 'The plan is to run, and the Director has not decided yet.' }),
    question: uuid.nullable().openapi({ description: 'The open question about the plan.' }),
  })
  .openapi('SpecDecisions');
export type SpecDecisions = z.infer<typeof specDecisionsSchema>;

export const specPage = pageOf(specSchema, 'Specs');

const printedStatus = z.object({ planning: planningFields.nullable(), run: specRunFields.nullable() });

/** What the commands for specs print with `--json`. */
export const printedSpecs = {
  'spec approve': printedStatus,
  'spec cancel': printedStatus,
  'spec decisions': specDecisionsSchema,
  'spec edit': specPlanSchema,
  'spec estimate': estimateSchema,
  'spec ls': z.array(specSchema),
  'spec pause': printedStatus,
  'spec plan': specPlanSchema.or(specDecisionsSchema).or(planningSchema),
  'spec resume': printedStatus,
  'spec retry': printedStatus,
  'spec run': printedStatus,
  'spec show': specPlanSchema.or(specDetailSchema),
  'spec status': printedStatus,
  'spec stop': planningStateSchema,
  'spec upload': specSchema,
  'spec versions': z.array(planVersionSchema).or(z.array(planChangesSchema)),
};
