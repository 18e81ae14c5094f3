// Makes the sub-task that the agent of a work order asks for (R-AGENT-4): the money that it may cost is taken out of the
// limit of its parent in the same transaction, and it is never allowed more than its parent.
import { createHash } from 'node:crypto';
import { newId, shortId, type WorkOrderId } from '../../../domain/ids.ts';
import { formatUsd } from '../../../domain/money.ts';
import {
  defaultSubtaskLimit,
  defaultSubtasks,
  type SubtaskMode,
  subtaskLimits,
} from '../../../domain/work-order/subtask.ts';
import type { Query } from '../../../store/database.ts';
import type { Project } from '../../../store/work/projects/projects.ts';
import { leftOfWorkOrder, setAside, subtasksOf } from '../../../store/work/work-orders/subtasks.ts';
import { lockWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Submission } from '../submit/submission.ts';
import { assertSubmission, submitIn } from '../submit/submit.ts';
import { subtaskFailures } from './failure-catalogue.ts';

/** One cent: with less, no model can be called. */
const leastNanoUsd = 10_000_000n;

export interface WantedSubtask {
  title: string;
  instructions: string;
  /** Absent: a part of what is left to the parent. */
  limitNanoUsd?: bigint | undefined;
}

export interface SubtaskGiven {
  parentId: WorkOrderId;
  /** As it is in this transaction: a person may have changed its settings since the agent started. */
  project: Project;
  /** The agent. */
  actor: string;
  now: Date;
}

/**
 * Call this in a transaction, and roll it back if it throws. The same words of the same parent are the same sub-task,
 * however often and in whichever session they are asked for.
 * @throws PermanentError `SUBTASKS_OFF`, `SUBTASKS_TOO_MANY`, `SUBTASK_LIMIT_MISSING`, `SUBTASK_LIMIT_TOO_HIGH`,
 * `SUBTASK_LIMIT_TOO_LOW`, `SUBTASK_NOT_HERE`, and the errors of a submission
 */
export async function createSubtask(
  query: Query,
  wanted: WantedSubtask,
  { parentId, project, actor, now }: SubtaskGiven,
): Promise<WorkOrderId> {
  const parent = await lockWorkOrder(query, parentId);
  const earlier = await subtasksOf(query, parentId);
  const requestHash = hashOf(wanted);
  const same = earlier.find((each) => each.requestHash === requestHash);
  if (same) return same.id;
  const mode = project.settings.subtasks ?? defaultSubtasks;
  if (mode === 'off') throw subtaskFailures.SUBTASKS_OFF('ask', { project: project.name });
  refuseHere(parent);
  const { perWorkOrderMax: max } = subtaskLimits;
  if (earlier.length >= max) throw subtaskFailures.SUBTASKS_TOO_MANY('ask', { id: shortId(parentId), max });
  const limitNanoUsd = await limitFor(query, parent, wanted);
  const submission = submissionFor(parent, wanted, limitNanoUsd, mode);
  assertSubmission(submission);
  const { requestedBy: requester, projectId } = parent;
  const because = `asked for by the agent of work order ${shortId(parentId)}`;
  // At random: an agent that could choose it would choose that of another work order, whose worktree it names.
  const id = newId<WorkOrderId>(now);
  const subtaskOf = { parentId, requestHash };
  await submitIn(query, submission, { id, now, projectId, actor, requester, because, subtaskOf });
  await recordEvent(query, {
    workOrderId: parentId,
    kind: 'subtask.created',
    actor,
    reason: submission.title,
    detail: { id, limitNanoUsd: limitNanoUsd.toString(), needsApproval: submission.needsApproval },
  });
  // The windows are locked last, and then only until the end of this transaction.
  if (!(await setAside(query, parentId, limitNanoUsd))) throw await tooHigh(query, parent, limitNanoUsd);
  return id;
}

function hashOf({ title, instructions }: WantedSubtask): string {
  return createHash('sha256')
    .update(JSON.stringify([title, instructions]))
    .digest('hex');
}

/** @throws PermanentError `SUBTASK_NOT_HERE` */
function refuseHere(parent: WorkOrder): void {
  const { id, parentId, settings, status, cancelRequestedAt, heldBy } = parent;
  const because =
    parentId !== null
      ? 'it is a sub-task itself'
      : settings.of_subtask
        ? 'it goes on with a sub-task'
        : settings.group !== undefined
          ? 'it is one of several work orders that are decided about together'
          : settings.command !== undefined
            ? 'a command makes its change'
            : status !== 'in_progress' || cancelRequestedAt !== null
              ? 'it is ending'
              : heldBy !== null
                ? 'a person paused it'
                : null;
  if (because !== null) throw subtaskFailures.SUBTASK_NOT_HERE('ask', { id: shortId(id), because });
}

async function limitFor(query: Query, parent: WorkOrder, wanted: WantedSubtask): Promise<bigint> {
  const left = await leftOfWorkOrder(query, parent.id);
  if (left === null) throw subtaskFailures.SUBTASK_LIMIT_MISSING('ask', { id: shortId(parent.id) });
  const { limitNanoUsd = defaultSubtaskLimit(left) } = wanted;
  // What the parent keeps is at least as much, so that it can end its own work.
  if (limitNanoUsd * 2n > left) throw await tooHigh(query, parent, limitNanoUsd);
  if (limitNanoUsd >= leastNanoUsd) return limitNanoUsd;
  throw subtaskFailures.SUBTASK_LIMIT_TOO_LOW('ask', {
    wanted: formatUsd(limitNanoUsd),
    least: formatUsd(leastNanoUsd),
  });
}

async function tooHigh(query: Query, { id }: WorkOrder, limitNanoUsd: bigint) {
  const left = (await leftOfWorkOrder(query, id)) ?? 0n;
  return subtaskFailures.SUBTASK_LIMIT_TOO_HIGH('ask', {
    id: shortId(id),
    wanted: formatUsd(limitNanoUsd),
    left: formatUsd(left < 0n ? 0n : left),
  });
}

/** Everything that its parent may do, and nothing more. What its parent's task asks for, its own words do not. */
function submissionFor(
  parent: WorkOrder,
  { title, instructions }: WantedSubtask,
  limitNanoUsd: bigint,
  mode: SubtaskMode,
): Submission {
  const { settings, projectId, timeLimitMs, needsApproval, specId } = parent;
  return {
    title,
    description: instructions,
    project: projectId,
    agent: settings.agent,
    model: settings.model,
    base: settings.base,
    checks: settings.checks,
    allowCiChanges: settings.allow_ci_changes,
    labels: settings.labels,
    limitNanoUsd,
    timeLimitMs,
    // What a person has approved is the parent, or the plan that it is in.
    needsApproval: mode === 'ask' || needsApproval || specId !== null,
  };
}
