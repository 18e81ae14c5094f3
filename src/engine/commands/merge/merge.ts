// A person merges the change: its pull request is merged into the base branch of the remote.

import { isMooseError, type PermanentError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { personOf } from '../../../domain/people/person.ts';
import { toJson } from '../../../store/storable.ts';
import { lowerThatHolds, type ParentChange } from '../../../store/work/plans/stacks.ts';
import { lookSoon } from '../../../store/work/pull-requests/hinted-pull-requests.ts';
import { changePullRequest, pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Forge, Forges, PullRequest } from '../../ports/forge.ts';
import { type AsksForge, askForge } from '../../recovery/ask-forge.ts';
import type { ErrorRecoveryManager } from '../../recovery/error-recovery-manager.ts';
import { followsUnmerged } from '../../run/effects/merge-hold.ts';
import { holdOfParent, type ParentHold } from '../../run/effects/parent-hold.ts';
import { recordEnd } from '../../run/effects/record-end.ts';
import { retarget } from '../../run/effects/retarget.ts';
import { commandFailures } from '../failure-catalogue.ts';
import type { SteeringDeps } from '../start-run.ts';
import { conflictNote } from './base-conflict.ts';
import { checkBeforeMerge, type MergeCheckDeps } from './check-before-merge.ts';
import { isInConflict, mergeConflict } from './in-conflict.ts';
import { lookBeforeMerge } from './look-before-merge.ts';
import { recordMerge } from './record-merge.ts';

export interface MergeDeps extends MergeCheckDeps {
  forges: Forges;
  recovery: Pick<ErrorRecoveryManager, 'executeWithRecovery'>;
  signal: AbortSignal;
}

/**
 * Idempotent.
 * @throws NO_PULL_REQUEST, PULL_REQUEST_NOT_OPEN, PULL_REQUEST_STACKED, MERGE_OUT_OF_ORDER, MERGE_CONFLICT,
 * MERGE_WHILE_PAUSED, MERGE_BASE_REWRITTEN, MERGE_RED_TOGETHER, MERGE_UNCHECKED
 */
export async function merge(deps: MergeDeps, order: WorkOrder, actor: string): Promise<PullRequest> {
  refuseWhilePaused(order);
  const at = await findProposed(deps, order);
  if (!at) {
    throw commandFailures.NO_PULL_REQUEST('merge', { id: shortId(order.id) });
  }
  const { forge } = at;
  let { found } = at;
  const { recovery, signal } = deps;
  const asks = { recovery, forge, signal, context: { workOrderId: order.id } };
  if (found.state === 'open') await refuseBeforeEarlier(deps, order);
  await standsOnMerged(deps, asks, order, { found, actor });
  if (found.state === 'open') {
    found = await lookBeforeMerge(deps, order, { forge, found }, actor);
    await checkBeforeMerge(deps, order, found, actor);
  }
  // Checked before the forge is asked: a pause or a cancel withdraws the merge, whatever the forge answers.
  const place = { projectId: order.projectId, host: forge.host, repository: forge.repository };
  await deps.database.run((query) =>
    changePullRequest(query, place, found.number, { mergeAskedAt: deps.clock.now() }),
  );
  const merging = () => forge.mergePullRequest(found.number, { expectedHeadSha: found.headSha });
  const merged = await askForge(asks, 'merge', merging).catch((cause: unknown) =>
    inConflict(deps, order, actor, cause),
  );
  if (merged === 'queued') return queued(deps, order, actor, forge, found);
  await deps.database.transaction(async (query) => {
    await recordEnd(query, order.projectId, forge, merged);
    // A work order that waits for CI ends now, not at the next poll.
    const { host, repository } = forge;
    await lookSoon(query, [{ projectId: order.projectId, host, repository, number: merged.number }]);
    if (isInConflict(order))
      await changeWorkOrder(
        query,
        order.id,
        {},
        { failure: null, changedBy: actor, changedBecause: 'its pull request is merged' },
      );
    await recordMerge(query, order.id, { mergedSha: merged.mergedSha, actor, now: deps.clock.now() });
  });
  return merged;
}

/** The pause would withdraw a merge that the forge performs later; a merge that is done could not be withdrawn. */
function refuseWhilePaused({ id, status, step, heldBy }: WorkOrder): void {
  if (status !== 'in_progress' || step !== 'awaiting_ci' || heldBy === null) return;
  throw commandFailures.MERGE_WHILE_PAUSED('merge', { heldBy: personOf(heldBy), id: shortId(id) });
}

/** @throws MERGE_OUT_OF_ORDER */
async function refuseBeforeEarlier({ database }: MergeDeps, order: WorkOrder): Promise<void> {
  const follows = await database.run((query) => followsUnmerged(query, order));
  if (follows === null) return;
  const { earlier, held } = follows;
  throw held.is === 'waits'
    ? commandFailures.MERGE_OUT_OF_ORDER(
        { operation: 'merge', workOrderId: order.id },
        { words: held.words, workOrderId: shortId(earlier.workOrderId) },
      )
    : commandFailures.MERGE_OUT_OF_ORDER_FOR_GOOD(
        { operation: 'merge', workOrderId: order.id },
        { words: held.words, id: shortId(order.id) },
      );
}

/**
 * The parent change is merged first. Then this one is merged into the branch that the parent change was merged
 * into. A forge without checks is not followed, so its pull requests are retargeted here.
 * @throws PULL_REQUEST_STACKED
 */
async function standsOnMerged(
  { database }: MergeDeps,
  asks: AsksForge,
  order: WorkOrder,
  { found, actor }: { found: PullRequest; actor: string },
): Promise<void> {
  const { parent, row } = await database.run(async (query) => ({
    parent: await lowerThatHolds(query, order),
    row: await pullRequestOf(query, order.id),
  }));
  const held = holdOfParent(parent);
  if (held && parent && found.state === 'open') throw stacked(order, parent, held);
  if (!parent || !row || found.state !== 'open') return;
  await retarget({ ...asks, database, order, row, told: found, parent, actor });
}

function stacked(
  { id }: WorkOrder,
  { workOrderId }: ParentChange,
  { is, words }: ParentHold,
): PermanentError {
  return is === 'waits'
    ? commandFailures.PULL_REQUEST_STACKED(
        { operation: 'merge', workOrderId: id },
        { words, workOrderId: shortId(workOrderId) },
      )
    : commandFailures.PULL_REQUEST_STACKED_FOR_GOOD(
        { operation: 'merge', workOrderId: id },
        { words, id: shortId(id) },
      );
}

/** Without a branch, the forge is not asked. */
async function findProposed(
  { forges }: MergeDeps,
  { branch, projectId }: WorkOrder,
): Promise<{ forge: Forge; found: PullRequest } | null> {
  if (branch === null) return null;
  const forge = await forges.of(projectId);
  const found = await forge.findPullRequest({ headBranch: branch });
  return found ? { forge, found } : null;
}

/** The forge merges it later, automatically: once its checks have passed, or it is first in the merge queue. */
async function queued(
  { database, clock }: MergeDeps,
  { id: workOrderId, projectId }: WorkOrder,
  actor: string,
  { host, repository }: Forge,
  found: PullRequest,
): Promise<PullRequest> {
  const { number } = found;
  await database.transaction(async (query) => {
    const at = { projectId, host, repository };
    await changePullRequest(query, at, number, { mergeQueuedAt: clock.now() });
    await lookSoon(query, [{ ...at, number }]);
    await recordEvent(query, { workOrderId, kind: 'pull_request.queued', actor, detail: { number } });
  });
  return found;
}

/** The failure is stored with the work order, so that the failure and its advice are shown later too. */
async function inConflict(
  { database }: SteeringDeps,
  order: WorkOrder,
  actor: string,
  cause: unknown,
): Promise<never> {
  if (!isMooseError(cause) || cause.code !== mergeConflict) throw cause;
  const { message, metadata } = cause;
  const note = conflictNote(order, message);
  const failure = commandFailures.MERGE_CONFLICT(
    { operation: 'merge', metadata, cause, workOrderId: order.id },
    { message, id: shortId(order.id), branch: order.branch ?? '' },
  );
  const change = { failure: toJson(note), changedBy: actor };
  await database.run((query) =>
    changeWorkOrder(query, order.id, { status: 'completed' }, { ...change, changedBecause: message }),
  );
  throw failure;
}
