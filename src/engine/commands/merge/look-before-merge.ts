// Looks at the branches before a person's merge: what was taken out of the base branch is not brought back, and what
// others pushed to the branch is merged with it.
import { localHost } from '../../../domain/forge/forge.ts';
import { shortId } from '../../../domain/ids.ts';
import { groundWords } from '../../../domain/work-order/ground-change.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { toJson } from '../../../store/storable.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { changePullRequest, pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import { newestStepResults, resultIn } from '../../../store/work/runs/runs.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { changeWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Forge, PullRequest } from '../../ports/forge.ts';
import { knownGround } from '../../run/ground/known-ground.ts';
import { basesInstead, changesOf, lookAtRemote } from '../../run/ground/remote-ground.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import { projectHere } from '../../run/project-here.ts';
import { remotePlace } from '../../run/remote-place.ts';
import { commandFailures } from '../failure-catalogue.ts';
import type { MergeCheckDeps } from './check-before-merge.ts';
import { baseRewritten } from './in-conflict.ts';

/** The pull request as it is merged. @throws MERGE_BASE_REWRITTEN, MERGE_BASE_MISSING, and the errors of `runRemoteGit` */
export async function lookBeforeMerge(
  deps: MergeCheckDeps,
  order: WorkOrder,
  { forge, found }: { forge: Pick<Forge, 'host' | 'repository' | 'updatePullRequest'>; found: PullRequest },
  actor: string,
): Promise<PullRequest> {
  const { database, checking } = deps;
  if (!checking) return found;
  const { project, results, effects, row } = await database.run(async (query) => ({
    project: projectHere(await projectById(query, order.projectId), checking.settings.dataDirectory),
    results: await newestStepResults(query, order.id),
    effects: await effectsOf(query, order.id),
    row: await pullRequestOf(query, order.id),
  }));
  const routed = resultIn(results, 'routing');
  const applied = resultIn(results, 'applying');
  if (!routed || !applied || !(await isThere(project.repositoryPath))) return found;
  const remote = await remotePlace(project, checking.settings.dataDirectory);
  if (remote.isMooses && !(await isThere(remote.url))) return found;
  const known = {
    ...knownGround(order, { routed, applied, effects, followed: row?.followed }),
    baseBranch: found.baseBranch,
  };
  const place = { repositoryPath: project.repositoryPath, remote };
  const ground = await lookAtRemote(place, known);
  if (ground.baseTip === null && order.stackedOn === null) {
    const { renamedTo: into } = await basesInstead(place, known);
    const from = found.baseBranch;
    const change =
      into === null
        ? { is: 'base deleted' as const, branch: from }
        : { is: 'base renamed' as const, from, into };
    await database.run((query) => tellGround(query, order, [change], actor));
    if (into === null) throw baseGone(order, from, remote.shownUrl);
    const moved = await forge.updatePullRequest(found.number, { baseBranch: into });
    return lookBeforeMerge(deps, order, { forge, found: moved }, actor);
  }
  const changes = changesOf(known, ground);
  await database.run((query) => tellGround(query, order, changes, actor));
  const [rewritten] = changes.filter(({ is }) => is === 'base rewritten');
  if (rewritten) throw await refused({ database }, order, groundWords(rewritten), actor);
  const isLocal = forge.host === localHost;
  if (!isLocal || ground.others === null) return found;
  // The record of a local pull request follows its branch, as a forge's own does.
  const { sha: headSha } = ground.others;
  const at = { projectId: order.projectId, host: forge.host, repository: forge.repository };
  await database.run((query) => changePullRequest(query, at, found.number, { headSha }));
  return { ...found, headSha };
}

function baseGone(order: WorkOrder, baseBranch: string, shownUrl: string) {
  const facts = { operation: 'merge', workOrderId: order.id };
  return commandFailures.MERGE_BASE_MISSING(facts, { baseBranch, shownUrl, id: shortId(order.id) });
}

async function refused(
  { database }: Pick<MergeCheckDeps, 'database'>,
  order: WorkOrder,
  words: string,
  actor: string,
) {
  const id = shortId(order.id);
  const facts = { operation: 'merge', workOrderId: order.id };
  if (order.status !== 'completed') return commandFailures.MERGE_BASE_REWRITTEN_OPEN(facts, { words });
  const failure = commandFailures.MERGE_BASE_REWRITTEN(facts, { words, id });
  const { message, advice = '' } = failure;
  const note = toJson({ code: baseRewritten, message, advice });
  const change = { failure: note, changedBy: actor, changedBecause: message };
  await database.run((query) => changeWorkOrder(query, order.id, { status: 'completed' }, change));
  return failure;
}
