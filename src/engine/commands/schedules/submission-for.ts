// The work order of a schedule at one of its instants.
import { askedOf } from '../../../domain/work-order/given-asked.ts';
import type { ScheduleTemplate } from '../../../domain/work-order/schedule.ts';
import type { Schedule } from '../../../store/work/schedules/schedules.ts';
import type { Submission } from '../submit/submission.ts';
import { fillTemplate } from './fill-template.ts';

type Given = Pick<Schedule, 'name' | 'template' | 'timeZone' | 'limitNanoUsd' | 'projectId'>;

/** @throws `PLACEHOLDER_UNKNOWN` */
export function submissionFor(schedule: Given, dueAt: Date): Submission {
  const { name, template, timeZone, limitNanoUsd, projectId } = schedule;
  const { agent, model, command, base, checks, labels } = template;
  return {
    ...fillTemplate(template, { name, dueAt, timeZone }),
    project: projectId,
    agent,
    model,
    command,
    base,
    checks,
    labels,
    limitNanoUsd,
    allowCiChanges: template.allow_ci_changes,
    asked: template.asked,
    timeLimitMs: template.time_limit_ms,
    needsApproval: template.needs_approval,
  };
}

export function templateOf(submission: Submission): ScheduleTemplate {
  const { agent, model, command, base, checks, labels, timeLimitMs } = submission;
  const asked = askedOf(submission.asked);
  return {
    title: submission.title.trim(),
    description: submission.description?.trim() ?? '',
    acceptance: submission.acceptance?.trim() ?? '',
    ...(agent ? { agent } : {}),
    ...(model ? { model } : {}),
    ...(command === undefined ? {} : { command: command.trim() }),
    ...(base ? { base } : {}),
    ...(checks?.length ? { checks: [...checks] } : {}),
    ...(submission.allowCiChanges ? { allow_ci_changes: true } : {}),
    ...(asked ? { asked } : {}),
    ...(labels?.length ? { labels: [...labels] } : {}),
    ...(timeLimitMs === undefined ? {} : { time_limit_ms: timeLimitMs }),
    ...(submission.needsApproval ? { needs_approval: true } : {}),
  };
}
