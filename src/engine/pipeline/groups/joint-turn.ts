// Between two steps of a member of a joint change. It begins once the earlier ones have passed, publishes
// nothing before all have passed, and opens its pull request after those of the earlier ones.

import type { GroupMember, GroupPlace } from '../../../domain/group.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import { isCutOff, isOutdated, waitsFor } from '../../../domain/work-order/joint-change.ts';
import type { Query } from '../../../store/database.ts';
import {
  forgetPassed,
  type Group,
  groupById,
  membersOf,
  settleMember,
} from '../../../store/work/groups/groups.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { consideredUntil } from '../../run/messages/unread-messages.ts';
import { requireResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import { beginAgain } from '../../workplace/begin-again.ts';
import {
  type GroupTurn,
  hasUnread,
  readFirst,
  type Settling,
  settleInGroup,
  wakeWaiting,
} from './settle-in-group.ts';

export async function jointTurn(work: Work, place: GroupPlace): Promise<GroupTurn> {
  const { step, pullRequestUrl } = work.order;
  // Its later runs, for example after a red CI, are its own.
  if (pullRequestUrl !== null) return 'go on';
  if (step === 'routing') return place.number === 1 ? 'go on' : waitOrGoOn(work, place);
  if (step !== 'creating_pr') return 'go on';
  const { database, signal } = work;
  const { decidedAt } = await database.run((query) => groupById(query, place.group), signal);
  if (decidedAt !== null) return waitOrGoOn(work, place);
  if (await readFirst(work)) return 'look';
  const members = await database.run((query) => membersOf(query, place.group), signal);
  if (await isOvertaken(work, place, members)) {
    const because = 'an earlier change of its joint change has changed';
    await beginAgain(work, 'creating_pr', { end: 'again', because });
    return 'look';
  }
  work.reached('creating_pr:group-passed', work.run.id);
  return waitOrGoOn(work, place, (query) => passIn(query, work, place));
}

/** An earlier member has passed with another change than the one that was in the prompt of this one. */
async function isOvertaken(
  work: Work,
  { number }: GroupPlace,
  members: readonly GroupMember[],
): Promise<boolean> {
  const { shownTrees } = await requireResult(work, 'generating');
  // Nothing was generated if the base branch was only merged into the change.
  return shownTrees !== undefined && isOutdated(shownTrees, number, members, consideredUntil(work));
}

async function waitOrGoOn(
  work: Work,
  place: GroupPlace,
  settle: Settling['settle'] = null,
): Promise<GroupTurn> {
  const next: Settling['next'] = (query, group) => nextIn(query, work, place, group);
  const turn = await settleInGroup(work, place, { settle, next });
  return turn === 'cancel' ? { end: 'cancelled' } : turn;
}

/** False if there is something new that it has to read first. */
async function passIn(query: Query, work: Work, place: GroupPlace): Promise<boolean> {
  const { order } = work;
  if (await hasUnread(query, work)) return false;
  const members = await membersOf(query, place.group);
  if (await isOvertaken(work, place, members)) return false;
  const { treeSha } = await requireResult(work, 'applying');
  const own = members.find(({ id }) => id === order.id);
  if (own?.settledAt && own.treeSha === treeSha) return true;
  await settleMember(query, order.id, { treeSha });
  const later = members.filter(({ number }) => number > place.number);
  // They have seen another change of this one, and look at the new one first.
  if (own?.treeSha && own.treeSha !== treeSha) for (const { id } of later) await forgetPassed(query, id);
  await wakeWaiting(query, later);
  return true;
}

async function nextIn(
  query: Query,
  work: Work,
  place: GroupPlace,
  { outcome }: Group,
): ReturnType<Settling['next']> {
  const { order } = work;
  const members = await membersOf(query, place.group);
  if (outcome === 'cancelled') return 'cancel';
  if (outcome === 'published' && isCutOff(members) && !(await hasBegunToPublish(query, order.id)))
    return 'cancel';
  const others = waitsFor({ ...order, number: place.number }, members, outcome !== null);
  return others.length === 0 ? 'go on' : { waitsFor: wordsOf(work, others, outcome !== null) };
}

/** It may have been killed before its pull request was stored: then it finishes what others may see already. */
async function hasBegunToPublish(query: Query, id: WorkOrderId): Promise<boolean> {
  const effects = await effectsOf(query, id);
  return effects.some(
    ({ kind, state }) => (kind === 'push' || kind === 'pull_request') && state !== 'undone',
  );
}

function wordsOf({ order }: Pick<Work, 'order'>, others: readonly GroupMember[], isDecided: boolean): string {
  const named = others.map(({ id, project }) => `work order ${shortId(id)} in ${project}`).join(' and ');
  if (isDecided) return `All have passed. It opens its pull request after ${named}.`;
  const havePassed = others.length === 1 ? 'has passed' : 'have passed';
  return order.step === 'routing'
    ? `It begins once ${named} ${havePassed}.`
    : `It has passed, and publishes nothing before ${named} ${havePassed} too.`;
}
