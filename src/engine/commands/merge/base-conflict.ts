// Whether a published change can be merged into its base branch as that is now. What Moose finds is stored as the failure
// of the completed work order, so that every view says it before anybody tries.
import { shortId } from '../../../domain/ids.ts';
import type { FailureNote } from '../../../domain/work-order/work-order.ts';
import { mergedTree } from '../../../git/merge/merged-tree.ts';
import { commitsAmong, isAncestor } from '../../../git/read/revision.ts';
import { countApart } from '../../../git/read/shared-commit.ts';
import type { Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { changeWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { commandFailures } from '../failure-catalogue.ts';
import { mergeConflict } from './in-conflict.ts';

export interface BaseConflict {
  baseBranch: string;
  paths: readonly string[];
  /** Commits of the checkout in which the work began that the base branch of the remote lacks. */
  ahead: number;
}

/** Null: git merges it. Undefined: this repository does not have the commits. */
export async function findBaseConflict(
  { repositoryPath, signal }: { repositoryPath: string; signal?: AbortSignal | undefined },
  {
    baseBranch,
    baseTip,
    headSha,
    startSha,
  }: { baseBranch: string; baseTip: string; headSha: string; startSha: string | null },
): Promise<BaseConflict | null | undefined> {
  const call = { signal };
  const wanted = [baseTip, headSha, ...(startSha === null ? [] : [startSha])];
  const here = await commitsAmong(repositoryPath, wanted, call);
  if (wanted.some((sha) => !here.has(sha))) return undefined;
  if (await isAncestor(repositoryPath, baseTip, headSha, call)) return null;
  const { isClean, conflicts } = await mergedTree(repositoryPath, { ours: baseTip, theirs: headSha }, call);
  if (isClean) return null;
  const apart =
    startSha === null ? null : await countApart(repositoryPath, { ours: startSha, theirs: baseTip }, call);
  return { baseBranch, paths: conflicts, ahead: apart?.ahead ?? 0 };
}

const pathsShownMax = 3;

export function baseConflictWords({ baseBranch, paths, ahead }: BaseConflict): string {
  const named = paths.slice(0, pathsShownMax).join(', ');
  const more = paths.length > pathsShownMax ? ` and ${paths.length - pathsShownMax} more` : '';
  const where = named === '' ? '' : ` in ${named}${more}`;
  const commits = ahead === 1 ? '1 commit' : `${ahead} commits`;
  const because =
    ahead === 0
      ? ''
      : `, because the checkout in which it began has ${commits} that ${baseBranch} of the remote lacks`;
  return `It conflicts with ${baseBranch}${where}${because}.`;
}

export function conflictNote(order: Pick<WorkOrder, 'id' | 'branch'>, message: string): FailureNote {
  const { advice = '' } = commandFailures.MERGE_CONFLICT(
    { operation: 'merge', workOrderId: order.id },
    { message, id: shortId(order.id), branch: order.branch ?? '' },
  );
  return { code: mergeConflict, message, advice };
}

/** Of a completed work order; another failure of it stays. */
export async function recordBaseConflict(
  query: Query,
  order: Pick<WorkOrder, 'id' | 'status' | 'branch' | 'failure'>,
  conflict: BaseConflict | null,
  actor: string,
): Promise<void> {
  const isKnown = order.failure?.code === mergeConflict;
  if (order.status !== 'completed' || (order.failure !== null && !isKnown)) return;
  const message = conflict === null ? null : baseConflictWords(conflict);
  if (message === (isKnown ? order.failure?.message : null)) return;
  await changeWorkOrder(
    query,
    order.id,
    { status: 'completed' },
    {
      failure: message === null ? null : toJson(conflictNote(order, message)),
      changedBy: actor,
      changedBecause: message ?? 'its change can be merged again',
    },
  );
}
