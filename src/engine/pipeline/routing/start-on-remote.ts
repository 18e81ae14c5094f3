// How the commit that a change starts from stands to the base branch of the remote: what of it others have, and what the
// checkout lacks. A remote that does not answer holds nothing up; publishing reports it.
import { isMooseError } from '../../../domain/failure.ts';
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import { hasCommit, isAncestor, refSha } from '../../../git/read/revision.ts';
import { countApart, sharedCommit } from '../../../git/read/shared-commit.ts';
import { fetchBranch, remoteBranchSha } from '../../../git/remote/remote-branch.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { type RemotePlace, remotePlace } from '../../run/remote-place.ts';
import type { Work } from '../../run/work.ts';

export interface StartOnRemote {
  /** See `RoutingResult`. */
  publishedSha?: string;
  changes: GroundChange[];
}

/** A person waits for the start; what is not known after this time is looked at again before publishing. */
const remoteMsMax = 20_000;

export async function startOnRemote(
  work: Work,
  { baseBranch, baseSha }: { baseBranch: string; baseSha: string },
): Promise<StartOnRemote> {
  const { project, settings, signal, logger, order } = work;
  const { repositoryPath } = project;
  // The mirror was fetched a moment ago.
  if (project.remoteAddress !== null) return { publishedSha: baseSha, changes: [] };
  const remote = await remotePlace(project, settings.dataDirectory, signal);
  if (remote.isMooses && !(await isThere(remote.url))) return { publishedSha: baseSha, changes: [] };
  const tip = await tipOf(work, remote, baseBranch).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (!isMooseError(cause) && !isTimeout(cause)) throw cause;
    logger.info({ err: cause, workOrderId: order.id }, 'could not compare the checkout with its remote');
    return null;
  });
  const fetched = await lastFetched(remote, repositoryPath, baseBranch, signal);
  // What the checkout has fetched, and the remote no longer has, was taken out of it.
  const isRewritten =
    fetched !== null && tip !== null && !(await isAncestor(repositoryPath, fetched, tip, { signal }));
  const known = isRewritten ? fetched : (tip ?? fetched);
  if (known === null) return { changes: [] };
  const publishedSha = await sharedCommit(repositoryPath, baseSha, known, { signal });
  const changes = tip === null ? [] : await changesOf(work, { remote, baseBranch, baseSha, tip });
  return publishedSha === null ? { changes } : { publishedSha, changes };
}

const isTimeout = (cause: unknown) => cause instanceof DOMException && cause.name === 'TimeoutError';

/** Fetched, if this repository does not have it yet; null if the remote has no such branch. */
async function tipOf(
  { project: { repositoryPath }, signal }: Work,
  { url: remoteUrl, isMooses }: RemotePlace,
  branch: string,
): Promise<string | null> {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(remoteMsMax)]);
  const where = { repositoryPath, remoteUrl, isMooses, branch, signal: soon };
  const tip = await remoteBranchSha(where);
  if (tip !== null && !(await hasCommit(repositoryPath, tip, { signal }))) await fetchBranch(where);
  return tip;
}

/** Where the checkout last saw the branch on its remote. */
async function lastFetched(
  { name, isFetched }: RemotePlace,
  repositoryPath: string,
  branch: string,
  signal: AbortSignal,
): Promise<string | null> {
  return name === undefined || isFetched !== true
    ? null
    : refSha(repositoryPath, `refs/remotes/${name}/${branch}`, { signal });
}

async function changesOf(
  { project: { repositoryPath }, signal }: Work,
  {
    remote,
    baseBranch: branch,
    baseSha,
    tip,
  }: { remote: RemotePlace; baseBranch: string; baseSha: string; tip: string },
): Promise<GroundChange[]> {
  const call = { signal };
  if (await isAncestor(repositoryPath, tip, baseSha, call)) return [];
  const { ahead, behind } = await countApart(repositoryPath, { ours: baseSha, theirs: tip }, call);
  const place = remote.name ?? remote.shownUrl;
  return ahead > 0
    ? [{ is: 'base diverged', branch, ahead, behind, remote: place }]
    : [{ is: 'base behind', branch, by: behind, remote: place }];
}
