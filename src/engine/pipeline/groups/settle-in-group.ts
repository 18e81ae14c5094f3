// The end of a leg of a work order that others of its group wait for, or that waits for them. It publishes nothing and
// asks nobody before the decision. The wait holds no slot and no process.
import type { GroupMember, GroupPlace } from '../../../domain/group.ts';
import { personOf } from '../../../domain/people/person.ts';
import { enqueueRun } from '../../../durable/enqueue-run.ts';
import type { Query } from '../../../store/database.ts';
import { storableText } from '../../../store/storable.ts';
import { type Group, groupById, lockGroup, lockMembers } from '../../../store/work/groups/groups.ts';
import { holdFence, lockOpenRun, refundStart, updateRun } from '../../../store/work/runs/runs.ts';
import { messagesOf } from '../../../store/work/work-orders/messages.ts';
import { requireWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { wake } from '../../commands/cancel.ts';
import { decideGroupIn } from '../../commands/decide-group.ts';
import { leaveOutages } from '../../recovery/outage.ts';
import { closeEnvelope } from '../../run/budget/envelope.ts';
import { unreadAmong, unreadMessages } from '../../run/messages/unread-messages.ts';
import type { RunDecision, Work } from '../../run/work.ts';
import { beginAgain } from '../../workplace/begin-again.ts';

/** `cancel`: another candidate is kept, or another part of a joint change is cancelled; or a person has cancelled it. */
export type SettledTurn = 'go on' | 'look' | 'stop' | 'cancel';

export interface Settling {
  /** Writes what came of it; false if it has something to read first. Null: it only waits for the others. */
  settle: ((query: Query) => Promise<boolean>) | null;
  /** What follows: a sentence says what it waits for. */
  next(query: Query, group: Group): Promise<'go on' | 'cancel' | { waitsFor: string }>;
}

/** Whoever ends the wait wakes the run at once: this is only needed if the process that should have done so died. */
const lookEveryMs = 60_000;

/**
 * One transaction: what came of it, perhaps the decision, and the wait. The group is locked first. Before the decision, all
 * runs and then all work orders follow; after it, none but the own one, since each wakes the next.
 */
export async function settleInGroup(
  work: Work,
  { kind, group: groupId }: GroupPlace,
  { settle, next }: Settling,
): Promise<SettledTurn> {
  const { database, order, run, signal } = work;
  const turn = await database.transaction<SettledTurn>(async (query) => {
    const group = await lockGroup(query, groupId);
    await holdFence(query, run.id, run.fence);
    const decides = settle !== null && group.decidedAt === null;
    if (decides) await lockMembers(query, groupId);
    if ((await requireWorkOrder(query, order.id)).cancelRequestedAt !== null) return 'cancel';
    if (decides) {
      if (!(await settle(query))) return 'look';
      work.reached(`${order.step}:group-settling`, run.id);
      const decision = await decideGroupIn(query, work, group);
      if (decision !== null) work.reached(`${order.step}:group-deciding`, run.id);
    }
    const follows = await next(query, await groupById(query, groupId));
    if (follows === 'go on' || follows === 'cancel') return follows;
    // An answer about an outage would only wake it: it waits for the others now.
    await leaveOutages(query, order.id);
    // The wait of a candidate is short; a part of a joint change may wait for days, and holds no money meanwhile.
    const isLong = kind === 'joint';
    if (isLong) await closeEnvelope(query, order.id, run.reservationId);
    const left = isLong ? { reservationId: null } : {};
    await updateRun(query, run.id, { ...left, leg: run.leg + 1, waitingFor: storableText(follows.waitsFor) });
    await refundStart(query, run.id);
    await enqueueRun(query, run.id, lookEveryMs);
    return 'stop';
  }, signal);
  work.reached(`${order.step}:group-settled`, run.id);
  return turn;
}

/** Whoever sends a message locks the work order before it looks at what came of it. */
export async function hasUnread(query: Query, work: Work): Promise<boolean> {
  return (await unreadAmong(work, await messagesOf(query, work.order.id))).length > 0;
}

/** Only those that wait for others of their group: a retry keeps its delay. */
export async function wakeWaiting(
  query: Query,
  members: readonly Pick<GroupMember, 'id' | 'step'>[],
): Promise<void> {
  for (const { id, step } of members) {
    if (step !== 'routing' && step !== 'creating_pr') continue;
    const run = await lockOpenRun(query, id);
    if (!run || run.wakeAt === null || run.pausedBy !== null) continue;
    const { stepState } = await requireWorkOrder(query, id);
    if (stepState !== 'retrying') await wake(query, run);
  }
}

/** `look`: its state has changed. */
export type GroupTurn = RunDecision | 'look';

/** True if another cycle begins, because of a message. */
export async function readFirst(work: Work): Promise<boolean> {
  const [message] = await unreadMessages(work);
  if (!message) return false;
  await beginAgain(work, 'creating_pr', { end: 'again', because: `${personOf(message.by)} sent a message` });
  return true;
}
