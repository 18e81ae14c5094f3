// The base branch of a pull request was deleted on the remote. Most forges close the pull request then, which no person
// meant: one question asks into which branch the change goes, instead of cancelling the work order.
import { isMooseError } from '../../domain/failure.ts';
import { sentinelActor } from '../../domain/forge/forge.ts';
import { remoteBranchShas } from '../../git/remote/remote.ts';
import { isThere } from '../../git/run/is-there.ts';
import type { Query } from '../../store/database.ts';
import { saveLook } from '../../store/work/pull-requests/followed-pull-requests.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { PullRequest } from '../ports/forge.ts';
import { basesInstead } from '../run/ground/remote-ground.ts';
import { tellGround } from '../run/ground/tell-ground.ts';
import { remotePlace } from '../run/remote-place.ts';
import { askAboutCi } from './act/ask-about-ci.ts';
import { stopAsking } from './act/ask-while-waiting.ts';
import { sentinelFailures } from './failure-catalogue.ts';
import type { LookContext } from './follow-deps.ts';
import { isStill } from './is-still.ts';
import { nextLookMs } from './next/next-look.ts';

export interface BaseGone {
  branch: string;
  /** The branches into which the change may go instead, the best first. */
  others: string[];
}

/** Null if the base branch is there, if this machine cannot tell, or if the change is stacked: it follows its parent. */
export async function findBaseGone(
  { project, settings, order, signal, logger }: LookContext,
  { baseBranch: branch }: Pick<PullRequest, 'baseBranch'>,
): Promise<BaseGone | null> {
  const { repositoryPath } = project;
  if (order.stackedOn !== null || !(await isThere(repositoryPath))) return null;
  try {
    const remote = await remotePlace(project, settings.dataDirectory, signal);
    const where = { repositoryPath, remoteUrl: remote.url, isMooses: remote.isMooses, signal };
    if ((await remoteBranchShas(where, [branch])).has(branch)) return null;
    const place = { repositoryPath, remote, signal };
    const { others } = await basesInstead(place, { baseBranch: branch, publishedSha: undefined });
    return { branch, others };
  } catch (cause) {
    signal.throwIfAborted();
    if (!isMooseError(cause)) throw cause;
    const err = toMooseError(cause, 'sentinel', 'look for the base branch');
    logger.warn({ err, workOrderId: order.id }, 'could not look for the base branch of a pull request');
    return null;
  }
}

/** The pull request was closed because its base branch is gone, and a person was asked where the change goes. */
export const asksForBase = ({ status, failure }: Pick<WorkOrder, 'status' | 'failure'>): boolean =>
  status === 'needs_review' && failure?.code === 'PULL_REQUEST_WITHOUT_BASE';

/** Call it in the transaction that stores the look. */
export async function askForBase(
  query: Query,
  context: LookContext,
  { branch, others }: BaseGone,
): Promise<void> {
  const { order, row } = context;
  const { number } = row;
  const failure = sentinelFailures.PULL_REQUEST_WITHOUT_BASE(
    {
      operation: 'follow pull request',
      workOrderId: order.id,
      metadata: { number, baseBranch: branch, otherBases: others },
    },
    { number, baseBranch: branch },
  );
  const because = `${branch} was deleted on the remote`;
  await tellGround(query, order, [{ is: 'base deleted', branch }], sentinelActor);
  await stopAsking(query, context);
  await askAboutCi(query, order, {
    row,
    failure,
    because,
    isForeign: false,
    isBaseRewritten: false,
    otherBases: others,
  });
}

/** For a forge that leaves the pull request open. */
export async function withoutBase(context: LookContext, gone: BaseGone): Promise<void> {
  const { database, row, signal, clock } = context;
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    const change = { waitingFor: 'Your answer to the question about it.', updatedAt: clock.now() };
    await saveLook(query, row, { nextLookMs: nextLookMs('waiting', 0, 0), looksUnchanged: 0, change });
    await askForBase(query, context, gone);
  }, signal);
}
