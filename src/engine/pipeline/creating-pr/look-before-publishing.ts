// Looks at the remote once more before a change is published: a change whose ground has moved goes through another cycle
// that brings it there, and its checks run again.
import type { ApplyingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { hasCommit } from '../../../git/read/revision.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import type { Effect } from '../../../store/work/sessions/effects.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { knownGround } from '../../run/ground/known-ground.ts';
import { basesInstead, changesOf, lookAtRemote } from '../../run/ground/remote-ground.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import type { RemotePlace } from '../../run/remote-place.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { whyBring } from '../generating/bring-base.ts';
import { restoreCommits } from '../preparing/restore-commits.ts';

export interface Publishing {
  routed: RoutingResult;
  applied: ApplyingResult;
  effects: readonly Effect[];
  remote: RemotePlace;
  /** The base branch with which the change began; `routed` has that into which it goes. */
  startedOn: string;
}

/** The base branch into which it is published, or the end of this cycle. */
export async function lookBeforePublishing(
  work: Work,
  { routed, applied, effects, remote, startedOn }: Publishing,
): Promise<{ baseBranch: string } | Extract<StepEnd<'creating_pr'>, { end: 'again' }>> {
  const { order, project, signal, actor } = work;
  const { repositoryPath } = project;
  const asPlanned = { baseBranch: routed.baseBranch };
  if (remote.isMooses && !(await isThere(remote.url))) return asPlanned;
  if (!(await hasCommit(repositoryPath, applied.headSha, { signal })))
    await restoreCommits(work, routed.branch);
  const place = { repositoryPath, remote, signal };
  const row = await work.database.run((query) => pullRequestOf(query, order.id), signal);
  const known = {
    ...knownGround(order, { routed, applied, effects, followed: row?.followed }),
    ...asPlanned,
    startedOn,
  };
  const ground = await lookAtRemote(place, known);
  if (ground.baseTip === null) return renamed(work, place, known);
  const why = await whyBring(work, known, ground);
  if (why === null) return asPlanned;
  const changes = changesOf(known, ground);
  await fenced(work, (query) => tellGround(query, order, changes, actor));
  const because = {
    others: `others pushed to ${routed.branch}`,
    rewritten:
      routed.baseBranch === startedOn
        ? `${routed.baseBranch} was rewritten`
        : `it goes into ${routed.baseBranch} now`,
    conflict: `${routed.baseBranch} has changes that conflict with it`,
  };
  return { end: 'again', because: because[why] };
}

/** A missing base branch that has no other name is reported again when the change is published. */
async function renamed(
  work: Work,
  place: Parameters<typeof basesInstead>[0],
  known: Parameters<typeof basesInstead>[1],
): Promise<{ baseBranch: string }> {
  const { order, actor } = work;
  const { baseBranch: from } = known;
  if (order.stackedOn !== null) return { baseBranch: from };
  const { renamedTo: into } = await basesInstead(place, known);
  if (into === null) {
    await fenced(work, (query) => tellGround(query, order, [{ is: 'base deleted', branch: from }], actor));
    return { baseBranch: from };
  }
  await fenced(work, async (query) => {
    await tellGround(query, order, [{ is: 'base renamed', from, into }], actor);
    const changedBecause = `its base branch ${from} is ${into} now`;
    await changeWorkOrder(query, order.id, {}, { baseBranch: into, changedBy: actor, changedBecause });
  });
  return { baseBranch: into };
}
