// Schedules: work orders by the clock.
import { z } from '@hono/zod-openapi';
import { statuses } from '../../domain/transitions.ts';
import {
  scheduleFields,
  scheduleLimits,
  scheduleNamePattern,
  scheduleOutcomes,
  whenOpenWays,
} from '../../domain/work-order/schedule.ts';
import { labels, name, saysSomething, time, usd, uuid } from '../base.ts';
import { askedSchema } from './asked.ts';
import { submissionSchema } from './work-orders.ts';

export const scheduleName = z
  .string()
  .regex(
    scheduleNamePattern,
    'Must be up to 60 letters, digits and . _ -, starting with a letter or a digit',
  );

const whenOpen = z.enum(whenOpenWays).openapi({
  description:
    'What happens at a scheduled time if the previous work order is still open: `skip` skips it, `queue` lets it wait; at most one waits.',
});
const catchUpMs = z
  .number()
  .int()
  .min(scheduleLimits.catchUpMsMin)
  .max(scheduleLimits.catchUpMsMax)
  .openapi({ description: 'How late a missed run may still start. Older ones never run.' });

const cron = z.string().min(1).max(scheduleLimits.cronCharsMax).openapi({
  description: 'Minute, hour, day of the month, month, day of the week; or @daily and the like.',
  example: '30 1 * * 1-5',
});
const limitUsd = z.number().positive().max(1_000_000).openapi({ description: 'For each work order.' });

const oneSubmission = submissionSchema.omit({ best_of: true, agents: true, models: true, also_in: true });
export const newScheduleSchema = oneSubmission
  .extend({
    name: scheduleName,
    cron,
    time_zone: name.default('UTC').openapi({ example: 'Europe/Berlin' }),
    limit_usd: limitUsd,
    when_open: whenOpen.default('skip'),
    catch_up_ms: catchUpMs.default(scheduleLimits.defaultCatchUpMs),
  })
  .openapi('NewSchedule', {
    description:
      'In title, description and acceptance, {{date}}, {{time}}, {{weekday}} and {{schedule}} are replaced by the scheduled date, time and weekday, and the name of the schedule.',
  });

const fieldValue = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
  .nullable()
  .openapi({ description: 'Checks are written as KIND=COMMAND.' });
const submission = submissionSchema.shape;
export const scheduleChangeSchema = oneSubmission
  .partial()
  .extend({
    name: scheduleName.optional(),
    cron: cron.optional(),
    time_zone: name.optional(),
    limit_usd: limitUsd.optional(),
    when_open: whenOpen.optional(),
    catch_up_ms: catchUpMs.optional(),
    base: submission.base.nullable(),
    agent: submission.agent.nullable(),
    model: submission.model.nullable(),
    command: submission.command.nullable(),
    asked: submission.asked.nullable(),
    checks: submission.checks.nullable(),
    labels: submission.labels.nullable(),
    time_limit_ms: submission.time_limit_ms.nullable(),
  })
  .refine(saysSomething, 'Must not be empty')
  .openapi('ScheduleChange', {
    minProperties: 1,
    description:
      'What is omitted stays unchanged; null removes it. If the expression or the time zone changes, the next run is the first scheduled time after the change; a run that is due at that moment still follows the old values.',
  });

export const recordedScheduleChangeSchema = z
  .object({
    changed_at: time,
    changed_by: z.string(),
    fields: z.array(
      z.object({
        field: z.enum(scheduleFields),
        from: fieldValue,
        to: fieldValue,
      }),
    ),
  })
  .openapi('RecordedScheduleChange');
export type RecordedScheduleChange = z.infer<typeof recordedScheduleChangeSchema>;

export const scheduleRunSchema = z
  .object({
    due_at: time,
    outcome: z.enum(scheduleOutcomes).openapi({
      description:
        '`waiting` for the previous work order; `missed` while Moose was not running; `refused`: it could not be submitted.',
    }),
    instants: z.number().int().openapi({
      description:
        'How many scheduled times this row covers: missed ones share a row. 100 stands for 100 or more.',
    }),
    first_due_at: time.nullable().openapi({ description: 'The first of several missed scheduled times.' }),
    because: z.string().nullable(),
    asked_by: z.string().nullable().openapi({ description: 'Who started it by hand; null if it was due.' }),
    decided_at: time,
    work_order: z.object({ id: uuid, title: z.string(), status: z.enum(statuses), cost_usd: usd }).nullable(),
  })
  .openapi('ScheduleRun');
export type ScheduleRun = z.infer<typeof scheduleRunSchema>;

export const scheduleSchema = z
  .object({
    id: uuid,
    name: z.string(),
    project: z.string(),
    cron: z.string(),
    time_zone: z.string(),
    limit_usd: usd,
    when_open: whenOpen,
    catch_up_ms: z.number().int(),
    title: z.string(),
    requested_by: z.string().openapi({
      description: 'The person whose limits apply to its work orders, and who gets their questions.',
    }),
    created_by: z.string(),
    created_at: time,
    paused_at: time.nullable(),
    paused_by: z.string().nullable(),
    paused_because: z.string().nullable(),
    next_at: z
      .array(time)
      .openapi({ description: 'The next times at which it runs; none while it is paused.' }),
    last_run: scheduleRunSchema.nullable(),
  })
  .openapi('Schedule');
export type Schedule = z.infer<typeof scheduleSchema>;
export const schedulesSchema = z.object({ items: z.array(scheduleSchema) }).openapi('Schedules');

export const scheduleDetailSchema = scheduleSchema
  .extend({
    description: z.string(),
    acceptance: z.string(),
    agent: z.string().nullable(),
    model: z.string().nullable(),
    command: z.string().nullable().openapi({
      description: 'The shell command that makes the change instead of an agent; or null.',
    }),
    base: z.string().nullable(),
    checks: z.array(z.object({ kind: z.string(), command: z.string() })),
    labels,
    allow_ci_changes: z.boolean(),
    asked: askedSchema.nullable().openapi({
      description: 'What the task allows to change among tests and configuration; null: nothing.',
    }),
    needs_approval: z.boolean(),
    time_limit_ms: z.number().int().nullable(),
    history: z.array(scheduleRunSchema).openapi({ description: 'The newest 50 runs, newest first.' }),
    changes: z
      .array(recordedScheduleChangeSchema)
      .openapi({ description: 'The newest 50 changes, newest first, with the old and the new values.' }),
  })
  .openapi('ScheduleDetail');
export type ScheduleDetail = z.infer<typeof scheduleDetailSchema>;

export const addedScheduleSchema = z
  .object({ schedule: scheduleDetailSchema, warnings: z.array(z.string()) })
  .openapi('AddedSchedule');
export type AddedSchedule = z.infer<typeof addedScheduleSchema>;

export const changedScheduleSchema = z
  .object({
    schedule: scheduleDetailSchema,
    warnings: z
      .array(z.string())
      .openapi({ description: 'If it is still paused, one of them says how to resume it.' }),
  })
  .openapi('ChangedSchedule');
export type ChangedSchedule = z.infer<typeof changedScheduleSchema>;

export const schedulePauseSchema = z
  .object({ because: z.string().min(1).max(1_000).optional() })
  .openapi('SchedulePause');

export const removedScheduleSchema = z.object({ removed: z.string() }).openapi('RemovedSchedule');
