// A completed work order never runs again: if its pull request conflicts, a new work order repeats the work from the
// remote's current base branch.

import type { PermanentError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { isOfSubtask, limitAsGiven } from '../../../domain/work-order/subtask.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import {
  findReplacement,
  lockWorkOrder,
  type WorkOrder,
} from '../../../store/work/work-orders/work-orders.ts';
import { commandFailures } from '../failure-catalogue.ts';
import { mergeRed } from '../merge/in-conflict.ts';
import { refuseForCommand } from '../refuse-for-command.ts';
import { assertNoRun, type RetryOptions, type SteeringDeps } from '../start-run.ts';
import { submit } from './submit.ts';

/** Repeating the call returns the same work order. @throws NOT_FROM_THERE */
export async function submitAgain(
  deps: SteeringDeps,
  order: WorkOrder,
  { from = 'routing', note, agent, model, limitNanoUsd, timeLimitMs }: RetryOptions,
  actor: string,
): Promise<WorkOrder> {
  if (agent ?? model ?? note) refuseForCommand(order);
  if (from !== 'routing') throw notFrom(order, from);
  const project = await deps.database.run((query) => projectById(query, order.projectId));
  const submission = {
    title: order.title,
    acceptance: order.acceptance,
    project: project.id,
    description: [order.description, note, toldOf(order)].filter(Boolean).join('\n\n'),
    agent: agent ?? order.settings.agent,
    model: model ?? order.settings.model,
    command: order.settings.command,
    base: order.settings.base,
    checks: order.settings.checks,
    allowCiChanges: order.settings.allow_ci_changes,
    asked: order.settings.asked,
    labels: order.settings.labels,
    limitNanoUsd: limitNanoUsd ?? limitAsGiven(order) ?? undefined,
    timeLimitMs: timeLimitMs ?? (order.settings.is_time_given ? order.timeLimitMs : undefined),
    needsApproval: order.needsApproval,
  };
  const { order: made } = await submit(deps, submission, actor, {
    replaces: order,
    isOfSubtask: isOfSubtask(order),
    existing: async (query) => {
      // The row stays locked until the end of the transaction.
      await lockWorkOrder(query, order.id);
      await assertNoRun(query, order, 'retried');
      return findReplacement(query, order.id);
    },
  });
  return made;
}

/** The new work order starts from the other change, and has to know what it must fit. */
function toldOf({ failure }: WorkOrder): string {
  if (failure?.code !== mergeRed) return '';
  const { message, output = '' } = failure;
  return `An earlier attempt was not merged. ${message}\n\n${output}`.trim();
}

function notFrom({ id }: WorkOrder, from: string): PermanentError {
  return commandFailures.NOT_FROM_THERE('retry', { id: shortId(id), from });
}
