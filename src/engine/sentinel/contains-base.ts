// Whether git rules out a conflict that a forge reports: a commit that contains the newest commit of its base branch
// has no conflicts. Gitea also reports a conflict while it still computes, however long that takes (R-SEN-4).
import { isThere } from '../../git/is-there.ts';
import { haveRemoteCommit } from '../../git/remote.ts';
import { hasCommit, isAncestor } from '../../git/revision.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { PullRequest } from '../ports/forge.ts';
import { remotePlace } from '../run/remote-place.ts';
import type { LookContext } from './follow-deps.ts';
import { standingOf } from './known-of.ts';

/** Also false if this machine cannot tell. Git is asked only if Moose would act on the conflict. */
export async function containsBase(
  context: LookContext,
  { mergeable, headSha, baseBranch }: Pick<PullRequest, 'mergeable' | 'headSha' | 'baseBranch'>,
): Promise<boolean> {
  const { row, followed, order, project, signal, logger } = context;
  const { mergeRefused } = followed;
  const isTold = mergeable === false && row.mergeable === false;
  const isMet = mergeRefused?.sha === headSha && mergeRefused.isConflict;
  if (standingOf(order) === 'other' || !(isTold || isMet)) return false;
  const { repositoryPath } = project;
  try {
    const tip = await remoteTip(context, baseBranch);
    if (tip === null || !(await hasCommit(repositoryPath, headSha, { signal }))) return false;
    return await isAncestor(repositoryPath, tip, headSha, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    // The run that resolves the conflict reports the problem with the remote.
    const err = toMooseError(cause, 'sentinel', 'compare with the base branch');
    logger.warn({ err, workOrderId: order.id }, 'could not compare a pull request with its base branch');
    return false;
  }
}

/** The newest commit of this branch of the remote, fetched; null if this machine does not have the repository. */
export async function remoteTip(
  { project, settings, signal }: LookContext,
  branch: string,
): Promise<string | null> {
  const { repositoryPath } = project;
  if (!(await isThere(repositoryPath))) return null;
  const { url: remoteUrl, isMooses } = await remotePlace(project, settings.dataDirectory, signal);
  return haveRemoteCommit({ repositoryPath, remoteUrl, isMooses, branch, signal });
}
