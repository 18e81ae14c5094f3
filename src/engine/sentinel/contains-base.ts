// What git says about a commit and its base branch, which is believed over the forge: a commit that contains the newest
// commit of its base branch has no conflicts, although Gitea reports one while it computes (R-SEN-4), and a change that
// the base branch contains is merged, although the forge still shows its pull request as open.
import { isMergedInto } from '../../git/merge/is-merged-into.ts';
import { hasCommit, isAncestor } from '../../git/read/revision.ts';
import { ensureRemoteCommit } from '../../git/remote/remote.ts';
import { isThere } from '../../git/run/is-there.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { PullRequest } from '../ports/forge.ts';
import { remotePlace } from '../run/remote-place.ts';
import type { LookContext } from './follow-deps.ts';
import { standingOf } from './next/next-of-facts.ts';

interface Compared {
  /** The commit contains the newest commit of its base branch. */
  containsBase: boolean;
  /** The base branch contains the commit, or everything that it changes. */
  isInBase: boolean;
}
const unknown: Compared = { containsBase: false, isInBase: false };

/** Both are also false if this machine cannot tell. Git is asked only if Moose would act on the answer. */
export async function compareWithBase(
  context: LookContext,
  {
    state,
    mergeable,
    headSha,
    baseBranch,
  }: Pick<PullRequest, 'state' | 'mergeable' | 'headSha' | 'baseBranch'>,
): Promise<Compared> {
  const { row, followed, order, project, signal, logger } = context;
  const { mergeRefused } = followed;
  const refused = mergeRefused?.sha === headSha ? mergeRefused : null;
  const isTold = mergeable === false && row.mergeable === false;
  // Moose asked for the merge, and may have died before it recorded the answer.
  const isAskedToMerge = row.mergeAskedAt !== null && row.mergeAskedAt >= (row.pushedAt ?? row.createdAt);
  const isUnanswered = isAskedToMerge && row.mergeQueuedAt === null && refused === null;
  const isAsked = isTold || isUnanswered || refused?.isConflict || refused?.isBehind;
  if (state !== 'open' || standingOf(order) === 'other' || !isAsked) return unknown;
  const { repositoryPath } = project;
  try {
    const tip = await remoteTip(context, baseBranch);
    if (tip === null || !(await hasCommit(repositoryPath, headSha, { signal }))) return unknown;
    return {
      containsBase: await isAncestor(repositoryPath, tip, headSha, { signal }),
      isInBase: await isMergedInto(repositoryPath, { headSha, tip, signal }),
    };
  } catch (cause) {
    signal.throwIfAborted();
    // The run that resolves the conflict reports the problem with the remote.
    const err = toMooseError(cause, 'sentinel', 'compare with the base branch');
    logger.warn({ err, workOrderId: order.id }, 'could not compare a pull request with its base branch');
    return unknown;
  }
}

/** The newest commit of this branch of the remote, fetched; null if this machine does not have the repository. */
export async function remoteTip(
  { project, settings, signal }: Pick<LookContext, 'project' | 'settings' | 'signal'>,
  branch: string,
): Promise<string | null> {
  const { repositoryPath } = project;
  if (!(await isThere(repositoryPath))) return null;
  const { url: remoteUrl, isMooses } = await remotePlace(project, settings.dataDirectory, signal);
  return ensureRemoteCommit({ repositoryPath, remoteUrl, isMooses, branch, signal });
}
