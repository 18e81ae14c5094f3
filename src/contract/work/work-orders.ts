// Work orders: lists, the board, one in full, and the actions on it.
import { z } from '@hono/zod-openapi';
import { groupLimits } from '../../domain/group.ts';
import { statuses, stepStates, steps } from '../../domain/transitions.ts';
import { messageCharsMax } from '../../domain/work-order/message.ts';
import { stages } from '../../domain/work-order/stage.ts';
import { verifyLevels } from '../../domain/work-order/verify-level.ts';
import { workOrderLimits } from '../../domain/work-order/work-order.ts';
import { failureClass, labels, name, pageOf, pageQuery, textCharsMax, time, usd, uuid } from '../base.ts';
import { givenAskedSchema } from './asked.ts';
import { candidatePlaceSchema } from './candidates.ts';
import { findingSchema } from './findings.ts';
import { jointPlaceSchema } from './joint-changes.ts';
import { mergedPullRequestSchema } from './pull-requests.ts';

const status = z.enum(statuses);
const step = z.enum(steps);
const stepState = z.enum(stepStates);

export const workOrderSchema = z
  .object({
    id: uuid,
    title: z.string(),
    project: z.string(),
    status,
    stage: z.enum(stages).openapi({
      description:
        'Where it stands for a person; `status` has the state that the engine works with. A work order that is completed may be `ready_to_merge`, `merged`, or need you because it cannot be merged.',
    }),
    mergeability: z
      .object({
        is_possible: z.boolean().openapi({ description: 'As far as Moose knows.' }),
        why_not: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'Null unless its published change waits for a person to merge it.' }),
    step: step.nullable(),
    step_state: stepState.nullable(),
    failure_class: failureClass.nullable(),
    run: z.number().int(),
    branch: z.string().nullable(),
    pull_request: z.string().nullable(),
    cost_usd: usd,
    is_scripted: z.boolean().openapi({ description: 'Done by the scripted model, not a real one.' }),
    verification: z
      .object({
        is_verified: z.boolean(),
        because: z.string().nullable().openapi({ description: 'Why it is not verified.' }),
        level: z.enum(verifyLevels).nullable().openapi({
          description: 'How strictly it was judged; null: not known.',
        }),
        findings: z.array(findingSchema).openapi({
          description: 'What was found about the change beyond its checks; those that refuse it come first.',
        }),
      })
      .nullable()
      .openapi({
        description:
          "Whether the project's own checks judged the change, and it is green by the change itself; an install is not a check. Null until its change is published, or refused.",
      }),
    candidate: candidatePlaceSchema.nullable().openapi({
      description: 'Its place among several candidates for the same work, of which one is kept; or null.',
    }),
    joint: jointPlaceSchema.nullable().openapi({
      description: 'Its place in a change over several repositories; or null.',
    }),
    requested_by: z.string().openapi({ description: 'Who asked for it, for example `human:ada`.' }),
    needs_you: z
      .boolean()
      .openapi({ description: 'A question is open, or it is waiting for a review, an approval or a merge.' }),
    escalation_id: uuid.nullable(),
    held_by: z.string().nullable().openapi({ description: 'Who paused it.' }),
    created_at: time,
    updated_at: time,
    explain: z.string().openapi({ description: 'Why it is not moving, or what it is doing, in one line.' }),
  })
  .openapi('WorkOrder');
export type WorkOrder = z.infer<typeof workOrderSchema>;

export const workOrderSorts = ['created', 'updated', 'cost'] as const;
/** Several values are separated by commas: `status=failed,needs_review`. */
export const workOrdersQuery = pageQuery.extend({
  status: z.string().max(200).optional(),
  failure_class: z.string().max(200).optional(),
  step: z.string().max(200).optional(),
  project: z.string().max(200).optional(),
  needs_you: z.enum(['true', 'false']).optional(),
  q: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: 'Text in the title, or the beginning or end of an id.' }),
  sort: z.enum(workOrderSorts).default('created'),
});
export const workOrderPage = pageOf(workOrderSchema, 'WorkOrders');
export type WorkOrderPage = z.infer<typeof workOrderPage>;

export const lanes = ['needs_you', 'pending', 'in_progress', 'completed', 'failed'] as const;
export type Lane = (typeof lanes)[number];
export const boardSchema = z
  .object({
    lanes: z.array(
      z.object({
        lane: z.enum(lanes).openapi({ description: '`failed` includes cancelled work orders.' }),
        total: z.number().int(),
        items: z.array(workOrderSchema).openapi({
          description: 'The newest 50; those that are ready to merge come last.',
        }),
      }),
    ),
  })
  .openapi('Board');
export type Board = z.infer<typeof boardSchema>;
export const boardQuery = z.object({
  project: z.string().max(200).optional(),
  q: z.string().max(200).optional(),
});

export const submissionSchema = z
  .strictObject({
    title: name,
    repository_path: z.string().min(1).max(4_096).optional().openapi({
      description:
        'An absolute path on the machine that runs Moose, or the address of a remote; if it is not a project yet, this requires the role admin. Either this or `project`.',
    }),
    project: name.optional().openapi({ description: 'The name or id of a project.' }),
    base: name.optional().openapi({
      description: "The branch to start from; if omitted, the project's, or the default one.",
    }),
    description: z.string().max(textCharsMax).optional(),
    acceptance: z.string().max(textCharsMax).optional(),
    agent: name.optional(),
    model: name.optional(),
    command: z.string().min(1).max(workOrderLimits.commandCharsMax).optional().openapi({
      description:
        'A shell command that makes the change instead of an agent: no model is called, and nothing is spent. It runs in the sandbox of agents and reaches the hosts that setup reaches; it requires the role admin. Not with `agent`, `model`, `best_of` or `also_in`.',
    }),
    checks: z
      .array(z.object({ kind: z.string().max(20), command: z.string().min(1).max(4_096) }))
      .max(20)
      .optional()
      .openapi({
        description:
          'Shell commands that run on the machine that runs Moose, so they require the role admin; if omitted, the commands of the repository are used.',
      }),
    allow_ci_changes: z.boolean().optional().openapi({
      description: 'Whether the change may touch CI and hooks; requires the role admin.',
    }),
    asked: givenAskedSchema.optional().openapi({
      description:
        'What the task allows to change among tests and configuration, which judge the change; if omitted, nothing.',
    }),
    limit_usd: z.number().positive().max(1_000_000).optional(),
    time_limit_ms: z.number().int().positive().optional(),
    labels: labels.optional().openapi({
      description: "The labels that a machine must have to run it, in addition to the project's.",
    }),
    needs_approval: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether it waits until a person approves it.' }),
    best_of: z.number().int().optional().openapi({
      minimum: groupLimits.min,
      maximum: groupLimits.max,
      description:
        'How many candidates to make, of which the best one is kept; the limit is divided among them.',
    }),
    agents: z.array(name).max(groupLimits.max).optional().openapi({
      description: 'With `best_of`: the agents of the candidates, in turn.',
    }),
    models: z.array(name).max(groupLimits.max).optional().openapi({
      description: 'With `best_of`: the models of the candidates, in turn.',
    }),
    also_in: z
      .array(
        z.strictObject({
          repository_path: z.string().min(1).max(4_096).optional(),
          project: name.optional(),
        }),
      )
      .max(groupLimits.max - 1)
      .optional()
      .openapi({
        description:
          'More repositories for the same change, each named like the first: one work order for each, which follows those before it. The limit is divided among them.',
      }),
  })
  .openapi('Submission');
export type SubmissionBody = z.infer<typeof submissionSchema>;
export const submittedSchema = z
  .object({ work_order: workOrderSchema, warnings: z.array(z.string()) })
  .openapi('Submitted');
export type Submitted = z.infer<typeof submittedSchema>;

export const retrySchema = z
  .strictObject({
    from: step.optional(),
    model: name.optional(),
    agent: name.optional(),
    note: z.string().max(textCharsMax).optional(),
    limit_usd: z.number().positive().max(1_000_000).optional(),
    time_limit_ms: z.number().int().positive().optional(),
  })
  .openapi('Retry');
export const messageSchema = z
  .strictObject({
    text: z.string().min(1).max(messageCharsMax),
    file: z
      .string()
      .max(1_000)
      .optional()
      .openapi({ description: 'The path in the repository, for a comment on a line.' }),
    line: z.number().int().positive().optional(),
    now: z.boolean().optional().openapi({
      description:
        'Interrupt an agent at work: its turn ends, its files and its conversation stay, and the next cycle begins at once with the message.',
    }),
  })
  .openapi('Message');
export const sentSchema = z
  .object({ read_in: z.enum(['first_cycle', 'now', 'next_cycle', 'next_run']) })
  .openapi('Sent');
export const previewAskedSchema = z
  .strictObject({
    service: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .openapi({ description: 'The name of the service; it may be left out if only one can be opened.' }),
  })
  .openapi('PreviewAsked');
export const previewSchema = z
  .object({
    work_order_id: z.string(),
    service: z.string(),
    url: z.string().openapi({
      description:
        'Opens the service in a browser: once, and until `expires_at`. The preview then lasts an hour at most.',
    }),
    expires_at: time,
  })
  .openapi('Preview');
export type Preview = z.infer<typeof previewSchema>;
export const reasonSchema = z.strictObject({ because: z.string().max(4_000).optional() }).openapi('Reason');
export const mergedSchema = workOrderSchema.extend({ merge: mergedPullRequestSchema }).openapi('Merged');
export const undoPlanSchema = z
  .object({ steps: z.array(z.object({ kind: z.string(), state: z.string(), does: z.string() })) })
  .openapi('UndoPlan');
export type UndoPlan = z.infer<typeof undoPlanSchema>;
