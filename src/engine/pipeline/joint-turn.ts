// Between two steps of a member of a joint change. It begins once the earlier ones have passed, publishes
// nothing before all have passed, and opens its pull request after those of the earlier ones. Each of these
// waits holds no slot, no process and no money.
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import {
  isCutOff,
  isOutdated,
  type JointMember,
  type JointPlace,
  waitsFor,
} from '../../domain/joint-change.ts';
import type { Query } from '../../store/database.ts';
import { effectsOf } from '../../store/work/effects.ts';
import { lockMembers } from '../../store/work/groups.ts';
import {
  type JointGroup,
  jointGroup,
  jointMembers,
  lockJointGroup,
  markAtWork,
  markPassed,
} from '../../store/work/joint-changes.ts';
import { messagesOf } from '../../store/work/messages.ts';
import { holdFence, updateRun } from '../../store/work/runs.ts';
import { requireWorkOrder } from '../../store/work/work-orders.ts';
import { closeEnvelope } from '../budget/envelope.ts';
import { decideJointIn, wakeWaiting } from '../commands/decide-joint.ts';
import { type ApplyingResult, type GeneratingResult, requireResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { endCancelled } from './end-run.ts';
import { type GroupTurn, readFirst } from './read-first.ts';
import { beginAgain } from './refine-change.ts';
import { consideredUntil, unreadAmong } from './unread-messages.ts';
import { waitForGroup } from './wait-for-group.ts';

export async function jointTurn(work: Work, place: JointPlace): Promise<GroupTurn> {
  const { step, pullRequestUrl } = work.order;
  // Its later runs, for example after a red CI, are its own.
  if (pullRequestUrl !== null) return 'go on';
  if (step === 'routing') return place.number === 1 ? 'go on' : waitOrGoOn(work, place);
  if (step !== 'creating_pr') return 'go on';
  const { database, signal } = work;
  const { decidedAt } = await database.run((query) => jointGroup(query, place.group), signal);
  if (decidedAt !== null) return waitOrGoOn(work, place);
  if (await readFirst(work)) return 'look';
  const members = await database.run((query) => jointMembers(query, place.group), signal);
  if (await isOvertaken(work, place, members)) {
    const because = 'an earlier change of its joint change has changed';
    await beginAgain(work, 'creating_pr', { end: 'again', because });
    return 'look';
  }
  work.reached('creating_pr:joint-passed', work.run.id);
  return waitOrGoOn(work, place);
}

/** An earlier member has passed with another change than the one that was in the prompt of this one. */
async function isOvertaken(
  work: Work,
  { number }: JointPlace,
  members: readonly JointMember[],
): Promise<boolean> {
  const { shownTrees } = await requireResult<GeneratingResult>(work, 'generating');
  // Nothing was generated if the base branch was only merged into the change.
  return shownTrees !== undefined && isOutdated(shownTrees, number, members, consideredUntil(work));
}

type Turn = GroupTurn | 'cancel';

/**
 * One transaction: that it has passed, perhaps the decision, and the wait. The group is locked first. Before
 * the decision, all runs and then all work orders follow; after it, none but the own one, since each wakes
 * the next.
 */
async function waitOrGoOn(work: Work, place: JointPlace): Promise<GroupTurn> {
  const { database, run, order, signal } = work;
  const turn = await database.transaction<Turn>(async (query) => {
    const group = await lockJointGroup(query, place.group);
    await holdFence(query, run.id, run.fence);
    const decides = order.step === 'creating_pr' && group.decidedAt === null;
    if (decides) await lockMembers(query, 'joint', group.id);
    if ((await requireWorkOrder(query, order.id)).cancelRequestedAt !== null) return 'cancel';
    if (decides) {
      if (!(await passIn(query, work, place))) return 'look';
      work.reached('creating_pr:joint-passing', run.id);
      const decision = await decideJointIn(query, work, group.id);
      if (decision !== null) work.reached('creating_pr:joint-deciding', run.id);
    }
    return waitIn(query, work, place);
  }, signal);
  work.reached(`${order.step}:joint-settled`, run.id);
  if (turn !== 'cancel') return turn;
  await endCancelled(work);
  return 'stop';
}

/** False if there is something new that it has to read first. */
async function passIn(query: Query, work: Work, place: JointPlace): Promise<boolean> {
  const { order } = work;
  if ((await unreadAmong(work, await messagesOf(query, order.id))).length > 0) return false;
  const members = await jointMembers(query, place.group);
  if (await isOvertaken(work, place, members)) return false;
  const { treeSha } = await requireResult<ApplyingResult>(work, 'applying');
  const own = members.find(({ id }) => id === order.id);
  if (own?.passedAt && own.treeSha === treeSha) return true;
  await markPassed(query, order.id, treeSha);
  const later = members.filter(({ number }) => number > place.number);
  // They have seen another change of this one, and look at the new one first.
  if (own?.treeSha && own.treeSha !== treeSha) for (const { id } of later) await markAtWork(query, id);
  await wakeWaiting(query, later);
  return true;
}

async function waitIn(query: Query, work: Work, place: JointPlace): Promise<Turn> {
  const { order, run } = work;
  const { outcome }: JointGroup = await jointGroup(query, place.group);
  const members = await jointMembers(query, place.group);
  if (outcome === 'cancelled') return 'cancel';
  if (outcome === 'published' && isCutOff(members) && !(await hasBegunToPublish(query, order.id)))
    return 'cancel';
  const others = waitsFor({ ...order, number: place.number }, members, outcome);
  if (others.length === 0) return 'go on';
  await closeEnvelope(query, order.id, run.reservationId);
  await updateRun(query, run.id, { reservationId: null });
  await waitForGroup(query, work, wordsOf(work, others, outcome !== null));
  return 'stop';
}

/** It may have been killed before its pull request was stored: then it finishes what others may see already. */
async function hasBegunToPublish(query: Query, id: WorkOrderId): Promise<boolean> {
  const effects = await effectsOf(query, id);
  return effects.some(
    ({ kind, state }) => (kind === 'push' || kind === 'pull_request') && state !== 'undone',
  );
}

function wordsOf({ order }: Pick<Work, 'order'>, others: readonly JointMember[], isDecided: boolean): string {
  const named = others.map(({ id, project }) => `work order ${shortId(id)} in ${project}`).join(' and ');
  if (isDecided) return `All have passed. It opens its pull request after ${named}.`;
  const havePassed = others.length === 1 ? 'has passed' : 'have passed';
  return order.step === 'routing'
    ? `It begins once ${named} ${havePassed}.`
    : `It has passed, and publishes nothing before ${named} ${havePassed} too.`;
}
