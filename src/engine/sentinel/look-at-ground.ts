// Compares what Moose last knew of the branches of a pull request with what is there now: whose commits its branch has,
// and whether its base branch still has what the change contains. Git is asked once for each new commit.
import { isMooseError } from '../../domain/failure.ts';
import { sentinelActor } from '../../domain/forge/forge.ts';
import { isMergedInto, isTakenOutOf } from '../../git/merge/is-merged-into.ts';
import { hasCommit } from '../../git/read/revision.ts';
import { isThere } from '../../git/run/is-there.ts';
import { keepFollowed } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { newestStepResult } from '../../store/work/runs/runs.ts';
import { findBaseConflict, recordBaseConflict } from '../commands/merge/base-conflict.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { PullRequest } from '../ports/forge.ts';
import { seenHead } from '../run/ground/known-ground.ts';
import { changesOf, type KnownGround, lookAtRemote, type RemoteGround } from '../run/ground/remote-ground.ts';
import { tellGround } from '../run/ground/tell-ground.ts';
import { remotePlace } from '../run/remote-place.ts';
import type { LookContext } from './follow-deps.ts';
import type { Followed } from './next/followed.ts';
import { type Known, standingOf } from './next/next-of-facts.ts';

type Told = Pick<PullRequest, 'headSha' | 'baseSha' | 'baseBranch' | 'mergeable'>;
type Ground = Pick<Known, 'authors' | 'baseRewritten'> & {
  /** The base branch contains the change, whatever the forge shows: somebody has merged it by hand. */
  isMerged: boolean;
  /** It was merged by hand, and reverted since. */
  isTakenOut: boolean;
  /** The remote has no such base branch. */
  isBaseGone: boolean;
};

/**
 * Updates `context`: a branch that somebody has only brought to its base branch counts as pushed by Moose. `isFresh`: the
 * forge may report an old base branch, so the remote is asked in any case.
 */
export async function lookAtGround(
  context: LookContext,
  told: Told,
  { isFresh = false } = {},
): Promise<Ground> {
  const { order, project, followed, database, signal } = context;
  const isDone = order.status === 'completed';
  const isIdle = standingOf(order) === 'other' && !isDone;
  if (isIdle || !(await isThere(project.repositoryPath))) return asKnown(context, told);
  const isNewHead = told.headSha !== context.pushedSha && followed.head?.sha !== told.headSha;
  const isNewBase = told.baseSha !== null && followed.comparedBase?.sha !== told.baseSha;
  const routed = await database.run((query) => newestStepResult(query, order.id, 'routing'), signal);
  const isComparable = order.stackedOn === null && routed?.publishedSha !== undefined;
  // A forge may report an old base branch: completed work is looked at seldom, and then in any case.
  // It cannot say whether a change merges into a branch that is gone.
  const isUnsure = told.mergeable !== true && standingOf(order) === 'waiting';
  const comparesBase = isComparable && (isNewBase || isFresh || isDone || isUnsure);
  if (!isNewHead && !comparesBase) return asKnown(context, told);
  if (!routed) return asKnown(context, told);
  const known: KnownGround = {
    baseBranch: told.baseBranch,
    startedOn: routed.baseBranch,
    publishedSha: isComparable ? routed.publishedSha : undefined,
    branch: context.row.headBranch,
    remoteSha: context.pushedSha,
    changeSha: context.pushedSha,
    seen: seenHead(followed),
  };
  const ground = await remoteNow(context, known);
  if (ground !== null) await keep(context, told, known, { ...ground, startSha: routed.baseSha });
  const isBaseGone = ground !== null && ground.baseTip === null && order.stackedOn === null;
  return { ...asKnown(context, told), isBaseGone };
}

/** Null if the remote cannot be asked now: the next look asks again. */
async function remoteNow(context: LookContext, known: KnownGround): Promise<RemoteGround | null> {
  const { project, settings, signal, logger, order } = context;
  try {
    const remote = await remotePlace(project, settings.dataDirectory, signal);
    return await lookAtRemote({ repositoryPath: project.repositoryPath, remote, signal }, known);
  } catch (cause) {
    signal.throwIfAborted();
    if (!isMooseError(cause)) throw cause;
    const err = toMooseError(cause, 'sentinel', 'look at the remote');
    logger.warn({ err, workOrderId: order.id }, 'could not compare a pull request with its branches');
    return null;
  }
}

async function keep(
  context: LookContext,
  told: Told,
  known: KnownGround,
  ground: RemoteGround & { startSha: string },
): Promise<void> {
  const { database, row, order, signal } = context;
  const { others, baseTip, isBaseRewritten, baseSha } = ground;
  // The forge may show an older commit than the remote has, or a newer one.
  const isOfTold = others?.sha === told.headSha;
  const of = baseSha === undefined ? {} : { baseSha };
  const head = isOfTold ? { sha: others.sha, isOwn: others.isOwn, authors: others.authors, ...of } : null;
  const { repositoryPath } = context.project;
  const isMerged =
    baseTip !== null &&
    !isBaseRewritten &&
    (await hasCommit(repositoryPath, context.pushedSha, { signal })) &&
    (await isMergedInto(repositoryPath, { headSha: context.pushedSha, tip: baseTip, signal }));
  const isTakenOut = isMerged && baseSha !== undefined && (await isReverted(context, baseSha, baseTip));
  const followed: Followed = {
    ...context.followed,
    ...(head ? { head } : {}),
    ...(baseTip === null
      ? {}
      : {
          comparedBase: { sha: told.baseSha ?? baseTip, isRewritten: isBaseRewritten, isMerged, isTakenOut },
        }),
  };
  const changes = changesOf(known, { ...ground, others: isOfTold ? others : null });
  if (isMerged) changes.push({ is: 'merged by hand', number: row.number, into: row.baseBranch });
  const conflict = isMerged || isBaseRewritten ? undefined : await conflictOf(context, ground);
  await database.transaction(async (query) => {
    await keepFollowed(query, row, followed);
    await tellGround(query, order, changes, sentinelActor);
    if (conflict !== undefined) await recordBaseConflict(query, order, conflict, sentinelActor);
  }, signal);
  context.followed = followed;
}

/** Whether completed work can still be merged; undefined: it is not known. */
async function conflictOf(
  { project, order, row, pushedSha, signal }: LookContext,
  { baseTip, headTip, startSha }: RemoteGround & { startSha: string },
) {
  if (order.status !== 'completed' || baseTip === null) return undefined;
  return findBaseConflict(
    { repositoryPath: project.repositoryPath, signal },
    {
      baseBranch: row.baseBranch,
      baseTip,
      headSha: headTip ?? pushedSha,
      startSha: order.stackedOn === null ? startSha : null,
    },
  );
}

async function isReverted(
  { project: { repositoryPath }, pushedSha: headSha, signal }: LookContext,
  startSha: string,
  tip: string,
): Promise<boolean> {
  return isTakenOutOf(repositoryPath, { headSha, startSha, tip, signal });
}

function asKnown(context: LookContext, told: Told): Ground {
  const { followed, row } = context;
  const isOther = told.headSha !== context.pushedSha;
  const head = followed.head?.sha === told.headSha ? followed.head : null;
  if (isOther && head?.isOwn) context.pushedSha = told.headSha;
  const isRewritten = followed.comparedBase?.isRewritten === true;
  return {
    isBaseGone: false,
    isMerged: followed.comparedBase?.isMerged === true && !isOther,
    isTakenOut: followed.comparedBase?.isTakenOut === true && !isOther,
    authors: isOther ? (head?.authors ?? []) : [],
    baseRewritten: isRewritten
      ? `${row.baseBranch} was rewritten and no longer has what the change contains`
      : null,
  };
}
