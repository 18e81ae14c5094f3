// Schedules as all interfaces show them.
import type * as wire from '../../../contract/contract.ts';
import { isMooseError } from '../../../domain/failure.ts';
import { usdNumber } from '../../../domain/money.ts';
import { scheduleLimits } from '../../../domain/work-order/schedule.ts';
import type { RecordedChange } from '../../../store/work/schedules/schedule-changes.ts';
import type { ListedRun } from '../../../store/work/schedules/schedule-runs.ts';
import type { ListedSchedule } from '../../../store/work/schedules/schedules.ts';
import { nextInstants, readInstants } from './instants.ts';
import { refusalOr } from './refusal-or.ts';

const { nextShown } = scheduleLimits;

export function shownSchedule(row: ListedSchedule, last: ListedRun | undefined): wire.Schedule {
  return {
    id: row.id,
    name: row.name,
    project: row.project,
    cron: row.cron,
    time_zone: row.timeZone,
    limit_usd: usdNumber(row.limitNanoUsd),
    when_open: row.whenOpen,
    title: row.template.title,
    catch_up_ms: Number(row.catchUpMs),
    requested_by: row.requestedBy,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    paused_at: row.pausedAt?.toISOString() ?? null,
    paused_by: row.pausedBy,
    paused_because: row.pausedBecause,
    next_at: nextAt(row).map((at) => at.toISOString()),
    last_run: last === undefined ? null : shownRun(last),
  };
}

export function shownInFull(
  row: ListedSchedule,
  history: readonly ListedRun[],
  changes: readonly RecordedChange[],
): wire.ScheduleDetail {
  const { description, acceptance, agent, model, command, base, checks, labels, ...rest } = row.template;
  return {
    ...shownSchedule(row, history[0]),
    description,
    acceptance,
    agent: agent ?? null,
    model: model ?? null,
    command: command ?? null,
    base: base ?? null,
    checks: (checks ?? []).map(({ kind, command }) => ({ kind, command })),
    labels: labels ?? [],
    allow_ci_changes: rest.allow_ci_changes ?? false,
    asked: rest.asked ?? null,
    needs_approval: rest.needs_approval ?? false,
    time_limit_ms: rest.time_limit_ms ?? null,
    history: history.map(shownRun),
    changes: changes.map(({ changedAt, changedBy, fields }) => ({
      changed_at: changedAt.toISOString(),
      changed_by: changedBy,
      fields,
    })),
  };
}

/** The stored next instant, and those after it. */
function nextAt({ nextDueAt, cron, timeZone }: ListedSchedule): Date[] {
  if (nextDueAt === null) return [];
  const instants = refusalOr(() => readInstants(cron, timeZone));
  return isMooseError(instants)
    ? [nextDueAt]
    : [nextDueAt, ...nextInstants(instants, nextDueAt, nextShown - 1)];
}

function shownRun(run: ListedRun): wire.ScheduleRun {
  const { workOrderId: id, title, status, costNanoUsd } = run;
  return {
    due_at: run.dueAt.toISOString(),
    outcome: run.outcome,
    instants: run.instants,
    because: run.because,
    asked_by: run.askedBy,
    first_due_at: run.firstDueAt?.toISOString() ?? null,
    decided_at: run.decidedAt.toISOString(),
    work_order:
      id === null || title === null || status === null
        ? null
        : { id, title, status, cost_usd: usdNumber(costNanoUsd ?? 0n) },
  };
}
