// The wire format of Moose's interface: what is sent and answered, as schemas that check it and documents it.
import { z } from '@hono/zod-openapi';
import { escalationStatuses, optionKinds, risks } from '../domain/escalation.ts';
import { failureCategories, failureClasses, severities } from '../domain/failure.ts';

const nameCharsMax = 200;
const sentenceCharsMax = 4_000;
const textCharsMax = 100_000;

const name = z.string().min(1).max(nameCharsMax);
const uuid = z.uuid();
const metadata = z.record(z.string().max(nameCharsMax), z.unknown());

export const errorBodySchema = z
  .object({
    error: z.object({
      code: z.string().openapi({ example: 'TOKEN_INVALID' }),
      message: z.string().openapi({ description: 'What happened, in one sentence.' }),
      advice: z.string().openapi({ description: 'What to do about it; empty where nothing is known.' }),
    }),
  })
  .openapi('Error');
export type ErrorBody = z.infer<typeof errorBodySchema>;

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    version: z.string(),
    database: z.enum(['up', 'away']),
    worker: z.enum(['starting', 'working']),
  })
  .openapi('Health');

export const escalateSchema = z
  .object({
    component: name,
    operation: name,
    error: z.object({
      code: z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/),
      message: z.string().min(1).max(sentenceCharsMax),
      advice: z.string().max(sentenceCharsMax).optional(),
      category: z.enum(failureCategories).default('permanent'),
      failure_class: z.enum(failureClasses).default('unknown'),
      stack: z.string().max(textCharsMax).optional(),
    }),
    work_order_id: uuid.optional(),
    severity: z.enum(severities).default('critical'),
    metadata: metadata.optional(),
  })
  .openapi('Escalate');
export type Escalate = z.infer<typeof escalateSchema>;

export const escalatedSchema = z
  .object({
    id: uuid.openapi({ description: 'Of the escalation, or of the alert where no work order was named.' }),
  })
  .openapi('Escalated');

const optionSchema = z
  .object({
    id: z.string().openapi({ example: 'model:anthropic/claude-sonnet-5' }),
    kind: z.enum(optionKinds),
    label: z.string(),
    command: z.string(),
    cost_usd: z.number().nullable().openapi({ description: 'Null where nobody knows.' }),
    risk: z.enum(risks),
    chance: z.number().min(0).max(1).nullable().openapi({ description: 'Of success; null without history.' }),
    chance_of: z.number().int().openapi({ description: 'Of how many cases.' }),
    chance_basis: z.string().nullable(),
    needs_note: z.boolean(),
    is_recommended: z.boolean(),
  })
  .openapi('EscalationOption');

/** By its id, the end of one, or a work order's. */
const escalationId = z.string().regex(/^[0-9a-f-]{4,36}$/i);

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
    context: metadata,
    options: z.array(optionSchema),
    recommended: z.string().nullable(),
    group_key: z
      .string()
      .nullable()
      .openapi({ description: 'Of a question asked once for several work orders.' }),
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
  })
  .openapi('Resolution');

export const executeSchema = z
  .object({
    escalation_id: escalationId,
    option: name.openapi({ description: 'The id of one of its options.' }),
    note: z
      .string()
      .max(textCharsMax)
      .optional()
      .openapi({ description: 'What the next attempt has to know.' }),
    always: z
      .boolean()
      .default(false)
      .openapi({ description: 'From now on, for this kind of failure in this project.' }),
  })
  .openapi('Execute');

export const deliverySchema = z
  .object({
    delivery: z.string(),
    state: z.enum(['waiting', 'ignored', 'duplicate']),
  })
  .openapi('Delivery');

export const resolutionParamsSchema = z.object({
  id: escalationId.openapi({ param: { name: 'id', in: 'path' } }),
});
