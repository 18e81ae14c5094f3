// Sends reviewers' requests to the work order, as messages that begin one cycle, or to a new work order if the pull
// request's own one has ended, or could not publish. The remarks and what they begin are committed together.
import { isMooseError } from '../../../domain/failure.ts';
import { newId, shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { MessageReading } from '../../../domain/work-order/message.ts';
import { isOfSubtask, limitAsGiven } from '../../../domain/work-order/subtask.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import type { Query } from '../../../store/database.ts';
import { moveRemark, type RemarkRow } from '../../../store/work/pull-requests/remarks.ts';
import { recordEvent, workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { refuseForCommand } from '../../commands/refuse-for-command.ts';
import { type SentMessage, sendIn } from '../../commands/send.ts';
import { submit } from '../../commands/submit/submit.ts';
import { publishedSha } from '../../run/published-sha.ts';
import { hasMovedBranch } from '../act/moved-branch.ts';
import { actorOf, type RemarksContext } from './remarks-deps.ts';
import { isProgram } from './remarks-judge.ts';
import { followUpText, messageOf } from './remarks-text.ts';

const readings: Record<MessageReading, string> = {
  now: 'the agent reads it now',
  first_cycle: 'the first cycle reads it',
  next_cycle: 'the next cycle reads it',
  next_run: 'the work order reads it when it runs again',
};

export async function sendRemarks(context: RemarksContext, remarks: readonly RemarkRow[]): Promise<void> {
  const { database, order, signal, reached } = context;
  try {
    refuseForCommand(order);
    const hasMoved = await hasMovedBranch(context);
    if (hasMoved === 'unsure') return;
    if (hasMoved) await followUp(context, remarks, 'others have pushed to the branch of the pull request');
    else if (order.status === 'completed') await followUp(context, remarks, 'the work order is completed');
    else await database.transaction((query) => sendAll(query, context, remarks), signal);
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    // It is being published: the next look finds it completed, or waiting for CI.
    if (cause.code === 'MESSAGE_TOO_LATE') return;
    if (cause.category !== 'permanent') throw cause;
    await database.transaction(async (query) => {
      for (const remark of remarks)
        await moveRemark(query, remark, 'new', { state: 'ignored', mayWrite: true, because: cause.message });
    }, signal);
  }
  reached('remarks:sent');
}

async function sendAll(query: Query, context: RemarksContext, remarks: readonly RemarkRow[]): Promise<void> {
  const { order } = context;
  const sentSha = await publishedSha(query, order.id);
  for (const [actor, said] of byActor(remarks, context.settings.forge_programs)) {
    const claimed: RemarkRow[] = [];
    for (const remark of said) {
      const change = { mayWrite: true, requestId: requestOf(remark), sentSha };
      if (await moveRemark(query, remark, 'new', { state: 'sent', ...change })) claimed.push(remark);
    }
    if (claimed.length === 0) continue;
    const reading = await sendIn(query, context, order.id, claimed.map(toMessage), actor);
    for (const remark of claimed) await moveRemark(query, remark, 'sent', { because: readings[reading] });
  }
}

function byActor(remarks: readonly RemarkRow[], programs?: readonly string[]): Map<string, RemarkRow[]> {
  const groups = new Map<string, RemarkRow[]>();
  for (const remark of remarks) {
    const actor = actorOf(remark, programs);
    groups.set(actor, [...(groups.get(actor) ?? []), remark]);
  }
  return groups;
}

function toMessage(remark: RemarkRow): SentMessage {
  const { path, line } = remark;
  const isPath = path !== null && /^[^\p{Cc}]{1,1000}$/u.test(path);
  return {
    text: messageOf(remark),
    requestId: requestOf(remark),
    ...(isPath ? { file: path, ...(line !== null && line > 0 ? { line } : {}) } : {}),
  };
}

function requestOf({ host, repository, number, key }: RemarkRow): string {
  return `remark:${host}/${repository}#${number}:${key}`;
}

/**
 * A completed work order never runs again, and Moose overwrites nobody's commits. A new work order starts from the branch
 * of the pull request, and proposes its change to that branch. Programs' remarks alone begin none: they would review each
 * new pull request, without end.
 */
async function followUp(context: RemarksContext, remarks: readonly RemarkRow[], why: string): Promise<void> {
  const { database, clock, order, row, settings, signal } = context;
  const first = remarks.find(({ author }) => !isProgram(author, settings.forge_programs));
  const because = `${why}, and a program alone begins no new work order`;
  if (!first)
    return database.transaction(async (query) => {
      for (const remark of remarks)
        await moveRemark(query, remark, 'new', { state: 'ignored', mayWrite: true, because });
    }, signal);
  const id = newId<WorkOrderId>(clock.now());
  const { titleCharsMax } = workOrderLimits;
  const submission = {
    title: `Review of #${row.number}: ${order.title}`.slice(0, titleCharsMax),
    description: followUpText(remarks),
    project: order.projectId,
    base: row.headBranch,
    agent: order.settings.agent,
    model: order.settings.model,
    checks: order.settings.checks,
    allowCiChanges: order.settings.allow_ci_changes,
    limitNanoUsd: limitAsGiven(order) ?? undefined,
    timeLimitMs: order.timeLimitMs,
    needsApproval: isOfSubtask(order) && order.needsApproval,
  };
  await submit({ database, clock }, submission, actorOf(first), {
    id,
    isOfSubtask: isOfSubtask(order),
    existing: async (query) => {
      const claim = { state: 'sent', mayWrite: true, followUpId: id } as const;
      const because = `work order ${shortId(id)} is working on it`;
      let isClaimed = false;
      for (const remark of remarks)
        if (await moveRemark(query, remark, 'new', { ...claim, because })) isClaimed = true;
      // Another process has submitted a work order for all of them.
      if (!isClaimed) return workOrderById(query, order.id);
      await recordEvent(query, {
        workOrderId: order.id,
        kind: 'review.continued',
        actor: actorOf(first),
        reason: `work order ${shortId(id)} is working on what reviewers asked for`,
        detail: { workOrderId: id, remarks: remarks.length },
      });
      return undefined;
    },
  });
}
