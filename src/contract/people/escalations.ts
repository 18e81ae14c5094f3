// Questions to a person: what other programs report, and what the person's own programs answer (R-ESC-2).
import { z } from '@hono/zod-openapi';
import { failureCategories, failureClasses, severities } from '../../domain/failure.ts';
import { escalationStatuses, optionKinds, risks } from '../../domain/people/escalation.ts';
import { ownerReasons } from '../../domain/people/question-owner.ts';
import {
  metadata,
  name,
  pageOf,
  pageQuery,
  personName,
  sentenceCharsMax,
  shortId,
  textCharsMax,
  uuid,
} from '../base.ts';

/** Programs that know two severities say `warning`, which is `medium` here. */
const reportedSeverity = z
  .enum([...severities, 'warning'])
  .default('critical')
  .transform((severity) => (severity === 'warning' ? 'medium' : severity));

/** A complete report of a failure. */
const wholeSchema = z
  .strictObject({
    component: name,
    operation: name,
    error: z.strictObject({
      code: z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'Must be an error code, as in TEST_FAILED'),
      message: z.string().min(1).max(sentenceCharsMax),
      advice: z.string().max(sentenceCharsMax).optional(),
      category: z.enum(failureCategories).default('permanent'),
      failure_class: z.enum(failureClasses).optional(),
      stack: z.string().max(textCharsMax).optional(),
    }),
    work_order_id: uuid.optional(),
    severity: reportedSeverity,
    metadata: metadata.optional(),
  })
  .openapi('EscalateFailure');

/** A report of a failure in one sentence; without a class, the class is derived from the sentence. */
const shortSchema = z
  .strictObject({
    work_order_id: uuid,
    reason: z.string().min(1).max(sentenceCharsMax),
    failure_class: z.enum(failureClasses).optional(),
    severity: reportedSeverity,
    metadata: metadata.optional(),
  })
  .openapi('EscalateReason');

export const escalateSchema = z.union([shortSchema, wholeSchema]).openapi('Escalate');
export type Escalate = z.infer<typeof escalateSchema>;

export const escalatedSchema = z
  .object({
    id: uuid.openapi({
      description: 'The id of the escalation, or of the alert if no work order was given.',
    }),
    escalation: z
      .object({ id: uuid })
      .nullable()
      .openapi({ description: 'The escalation; null if the report became an alert.' }),
  })
  .openapi('Escalated');

const optionSchema = z
  .object({
    id: z.string().openapi({ example: 'model:anthropic/claude-sonnet-5' }),
    kind: z.enum(optionKinds),
    label: z.string(),
    command: z.string(),
    cost_usd: z.number().nullable().openapi({ description: 'Null if unknown.' }),
    risk: z.enum(risks),
    chance: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .openapi({ description: 'The chance of success; null without history.' }),
    chance_of: z.number().int().openapi({ description: 'The number of cases behind `chance`.' }),
    chance_basis: z.string().nullable(),
    needs_note: z.boolean(),
    is_recommended: z.boolean(),
  })
  .openapi('EscalationOption');

export const resolutionSchema = z
  .object({
    id: uuid,
    work_order: z.object({ id: uuid, title: z.string(), project: z.string(), status: z.string() }).nullable(),
    status: z.enum(escalationStatuses),
    severity: z.enum(severities),
    failure_class: z.enum(failureClasses),
    code: z.string().nullable(),
    component: z.string(),
    operation: z.string(),
    title: z.string(),
    reason: z.string().openapi({ description: 'Why a person is asked.' }),
    context: metadata,
    options: z.array(optionSchema),
    recommended: z.string().nullable(),
    group_key: z
      .string()
      .nullable()
      .openapi({ description: 'For a question asked once for several work orders.' }),
    waiting: z.array(z.object({ project: z.string(), waiting: z.number().int(), joined: z.number().int() })),
    default_option: z.string().nullable(),
    default_at: z.string().nullable(),
    chosen_option: z.string().nullable(),
    note: z.string().nullable(),
    resolved_by: z.string().nullable(),
    resolution: metadata.nullable(),
    created_at: z.string(),
    resolved_at: z.string().nullable(),
    reminders: z.number().int(),
    owner: z.string().nullable().openapi({
      description: 'The person who is expected to answer; null if Moose knows of nobody.',
    }),
    owned_since: z.string().nullable(),
    owners: z
      .array(z.object({ owner: z.string(), because: z.enum(ownerReasons), by: z.string(), at: z.string() }))
      .openapi({ description: 'Everybody it was assigned to, oldest first.' }),
  })
  .openapi('Resolution');

export const executeSchema = z
  .strictObject({
    escalation_id: shortId,
    option: name.openapi({ description: 'The id of one of its options.' }),
    note: z
      .string()
      .max(textCharsMax)
      .optional()
      .openapi({ description: 'What the next attempt needs to know.' }),
    always: z
      .boolean()
      .default(false)
      .openapi({ description: 'Use this answer from now on for this kind of failure in this project.' }),
  })
  .openapi('Execute');

export const answerSchema = executeSchema.omit({ escalation_id: true }).openapi('Answer');
export type Answer = z.infer<typeof answerSchema>;
export const escalationsQuery = pageQuery.extend({
  status: z.enum(['open', 'all']).default('open'),
  owner: personName
    .optional()
    .openapi({ description: 'Only questions of this person; `me`: of the person who asks.' }),
});
export const handOnSchema = z
  .strictObject({ owner: personName.openapi({ description: 'A name; `me`: of the person who asks.' }) })
  .openapi('HandOn');
export const escalationPage = pageOf(resolutionSchema, 'Escalations');
export type EscalationCard = z.infer<typeof resolutionSchema>;
export type OptionCard = z.infer<typeof optionSchema>;

/** How well questions are asked and answered, without the goals: as the engine measures it. */
export const measuredEscalationsSchema = z.object({
  /** The number of days over which everything but the backlog is measured. */
  days: z.number().int(),
  open_backlog: z.number().int(),
  work_orders: z.number().int(),
  asked: z.number().int(),
  answered: z.number().int(),
  /** Questions answered by a standing answer or a default, without a person. */
  answered_by_itself: z.number().int(),
  /** The share of submitted work orders about which a person was asked; null if none was submitted. */
  escalation_rate: z.number().nullable(),
  mean_time_to_resolve_ms: z.number().nullable(),
  /** From the end of a process, or from a failed call, until the failure is recorded. */
  mean_time_to_detection_ms: z.number().nullable(),
  /** From the question to its delivery to a channel. */
  mean_delivery_ms: z.number().nullable(),
  /** Settings: the most that each of them should be. */
  goals: z.object({
    open_backlog: z.number(),
    escalation_rate: z.number(),
    mean_time_to_resolve_ms: z.number(),
    mean_time_to_detection_ms: z.number(),
    mean_delivery_ms: z.number(),
  }),
});
export type MeasuredEscalations = z.infer<typeof measuredEscalationsSchema>;

const goal = z.object({ value: z.number().nullable(), goal: z.number() });
export const escalationMeasuresSchema = measuredEscalationsSchema
  .extend({ escalation_rate: goal, mean_time_to_resolve_ms: goal, mean_time_to_detection_ms: goal })
  .openapi('EscalationMeasures');
export type EscalationMeasures = z.infer<typeof escalationMeasuresSchema>;

/** Standing answers, which apply from now on (R-ESC-4). */
export const answerPolicySchema = z
  .object({
    id: uuid,
    /** Null: an answer from an older version, which applies to every project. */
    project: z.string().nullable(),
    failure_class: z.enum(failureClasses),
    code: z.string(),
    option: z.string(),
    label: z.string(),
    note: z.string().nullable(),
    created_by: z.string(),
    created_at: z.string(),
    uses: z.number().int(),
    last_used_at: z.string().nullable(),
    revoked_by: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })
  .openapi('AnswerPolicy');
export const answerPoliciesSchema = z
  .object({ items: z.array(answerPolicySchema) })
  .openapi('AnswerPolicies');
export type AnswerPolicy = z.infer<typeof answerPolicySchema>;
