// The values of a schedule that people give it, and the difference between two states of it.

import { usdNumber } from '../../../domain/money.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { askedTexts } from '../../../domain/work-order/given-asked.ts';
import {
  type ScheduleField,
  type ScheduleFieldValue,
  scheduleFields,
} from '../../../domain/work-order/schedule.ts';
import type { ChangedField } from '../../../store/schema/column-shapes.ts';
import type { ListedSchedule } from '../../../store/work/schedules/schedules.ts';

export type ScheduleState = Pick<
  ListedSchedule,
  | 'name'
  | 'project'
  | 'cron'
  | 'timeZone'
  | 'limitNanoUsd'
  | 'whenOpen'
  | 'catchUpMs'
  | 'template'
  | 'requestedBy'
>;

const checkText = ({ kind, command }: Check) => `${kind}=${command}`;

function valuesOf({ template, ...row }: ScheduleState): Record<ScheduleField, ScheduleFieldValue> {
  return {
    name: row.name,
    project: row.project,
    cron: row.cron,
    time_zone: row.timeZone,
    limit_usd: usdNumber(row.limitNanoUsd),
    when_open: row.whenOpen,
    catch_up_ms: Number(row.catchUpMs),
    title: template.title,
    description: template.description,
    acceptance: template.acceptance,
    agent: template.agent ?? null,
    model: template.model ?? null,
    command: template.command ?? null,
    base: template.base ?? null,
    checks: (template.checks ?? []).map(checkText),
    labels: template.labels ?? [],
    allow_ci_changes: template.allow_ci_changes ?? false,
    asked: template.asked ? askedTexts(template.asked) : [],
    needs_approval: template.needs_approval ?? false,
    time_limit_ms: template.time_limit_ms ?? null,
    requested_by: row.requestedBy,
  };
}

/** Empty if nothing differs. */
export function changedFields(before: ScheduleState, after: ScheduleState): ChangedField[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  return scheduleFields
    .map((field) => ({ field, from: old[field], to: now[field] }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}
