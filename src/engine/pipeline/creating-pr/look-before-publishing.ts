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
import { baseMissing } from '../../workplace/worktree/base-missing.ts';
import { whyBring } from '../../workplace/worktree/bring-base.ts';
import { restoreCommits } from '../../workplace/worktree/restore-commits.ts';

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
  let known = {
    ...knownGround(order, { routed, applied, effects, followed: row?.followed }),
    ...asPlanned,
    startedOn,
  };
  let ground = await lookAtRemote(place, known);
  if (ground.baseTip === null) {
    const now = await renamed(work, place, known);
    // The push would be refused for what others pushed, and nobody would be asked about the base branch.
    if (now === null && ground.others)
      throw await baseMissing(work, remote, { baseBranch: routed.baseBranch, branch: routed.branch });
    if (now === null) return asPlanned;
    known = { ...known, baseBranch: now };
    ground = await lookAtRemote(place, known);
  }
  const { baseBranch } = known;
  const why = await whyBring(work, known, ground);
  if (why === null) return { baseBranch };
  const changes = changesOf(known, ground);
  await fenced(work, (query) => tellGround(query, order, changes, actor));
  const because = {
    others: `others pushed to ${routed.branch}`,
    rewritten: baseBranch === startedOn ? `${baseBranch} was rewritten` : `it goes into ${baseBranch} now`,
    conflict: `${baseBranch} has changes that conflict with it`,
  };
  return { end: 'again', because: because[why] };
}

/** The new name of the base branch. Null: it has none, and a missing one is reported again when the change is published. */
async function renamed(
  work: Work,
  place: Parameters<typeof basesInstead>[0],
  known: Parameters<typeof basesInstead>[1],
): Promise<string | null> {
  const { order, actor } = work;
  const { baseBranch: from } = known;
  if (order.stackedOn !== null) return null;
  const { renamedTo: into } = await basesInstead(place, known);
  if (into === null) {
    await fenced(work, (query) => tellGround(query, order, [{ is: 'base deleted', branch: from }], actor));
    return null;
  }
  await fenced(work, async (query) => {
    await tellGround(query, order, [{ is: 'base renamed', from, into }], actor);
    const changedBecause = `its base branch ${from} is ${into} now`;
    await changeWorkOrder(query, order.id, {}, { baseBranch: into, changedBy: actor, changedBecause });
  });
  return into;
}
