// The start of a planned work order with dependencies (R-SPEC-5): the branch of the change on which it is stacked,
// while that is not merged; otherwise the base branch of the remote, which contains all of them.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import { ensureRemoteCommit } from '../../git/remote.ts';
import { type Lower, lowersOf, parentOf } from '../../store/work/stacks.ts';
import { holdOfParent } from '../effects/parent-hold.ts';
import { remotePlace } from '../run/remote-place.ts';
import type { Work } from '../run/work.ts';
import { pipelineFailures } from './failure-catalogue.ts';

interface StackedStart {
  baseBranch: string;
  baseSha: string;
  stackedOn?: WorkOrderId;
}

/**
 * Undefined if no dependency has a change.
 * @throws PermanentError `DEPENDENCY_GONE`, `DEPENDENCY_NOT_MERGED`, `DEPENDENCY_NOT_READY`
 */
export async function stackedStart(work: Work): Promise<StackedStart | undefined> {
  const { database, order, signal } = work;
  const all = await database.run((query) => lowersOf(query, order.id), signal);
  refuseHeld(order.id, all);
  const lowers = all.filter(({ number }) => number !== null);
  const lower = lowers.find(({ how }) => how === 'branch');
  if (lower && lower.state !== 'merged' && lower.branch !== null)
    return { ...(await tipOf(work, lower.branch)), stackedOn: lower.workOrderId };
  const merged = lower ?? lowers[0];
  if (!merged?.baseBranch) return undefined;
  return { ...(await tipOf(work, merged.baseBranch)), ...(await stackedOnOf(work, lower)) };
}

/** The dependency may have been merged into the branch of another one, which is not merged itself. */
async function stackedOnOf(
  { database, signal }: Work,
  lower: Lower | undefined,
): Promise<Pick<StackedStart, 'stackedOn'>> {
  if (lower === undefined) return {};
  const next = await database.run((query) => parentOf(query, lower), signal);
  const isWithin = lower.stackedOn !== null && next?.branch === lower.baseBranch;
  return { stackedOn: isWithin && lower.stackedOn ? lower.stackedOn : lower.workOrderId };
}

/** The commit on the remote, because a local branch of this name may be older. */
async function tipOf(
  { project, settings, signal }: Work,
  branch: string,
): Promise<{ baseBranch: string; baseSha: string }> {
  const { url: remoteUrl, isMooses } = await remotePlace(project, settings.dataDirectory, signal);
  const at = { repositoryPath: project.repositoryPath, remoteUrl, isMooses, branch, signal };
  return { baseBranch: branch, baseSha: await ensureRemoteCommit(at) };
}

/** A person may have started it although a dependency is not ready, or is gone. */
function refuseHeld(id: WorkOrderId, lowers: readonly Lower[]): void {
  for (const lower of lowers) {
    const isWithoutChange = lower.number === null && lower.status === 'completed';
    const held = isWithoutChange ? null : holdOfParent(lower);
    if (held?.is === 'held') throw gone(id, held.words);
    // The dependency replaces a cancelled one on which this work order was stacked.
    if (held && lower.number === null) throw notReady(id, lower);
    if (held && lower.how === 'merge') throw notMerged(id, lower);
  }
}

function gone(id: WorkOrderId, words: string): PermanentError {
  return pipelineFailures.DEPENDENCY_GONE(
    { operation: 'find base', workOrderId: id },
    { words, id: shortId(id) },
  );
}

function notReady(id: WorkOrderId, { workOrderId, title }: Lower): PermanentError {
  return pipelineFailures.DEPENDENCY_NOT_READY(
    { operation: 'find base', workOrderId: id },
    { workOrderId: shortId(workOrderId), title, id: shortId(id) },
  );
}

function notMerged(id: WorkOrderId, { workOrderId, title, number }: Lower): PermanentError {
  return pipelineFailures.DEPENDENCY_NOT_MERGED(
    { operation: 'find base', workOrderId: id },
    { number: String(number), workOrderId: shortId(workOrderId), title, id: shortId(id) },
  );
}
