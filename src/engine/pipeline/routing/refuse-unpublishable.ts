// A change of a local repository goes to its remote. Whether it can be published there is looked at before any model is
// paid (R-REPO-4): the base branch must be there, and no branch may leave no room for those of Moose.
import { isMooseError } from '../../../domain/failure.ts';
import { refSha } from '../../../git/read/revision.ts';
import { branchPrefix } from '../../../git/refs/branch-name.ts';
import { prefixBranch, prefixTaken } from '../../../git/refs/branch-prefix.ts';
import { remoteBranchShas } from '../../../git/remote/remote.ts';
import { reportGitFault } from '../../../git/run/git-repetition.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import { remotePlace } from '../../run/remote-place.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import type { Start } from './find-start.ts';

/** Nothing depends on the answer of a slow remote. */
const lookMs = 20_000;

/** @throws BASE_BRANCH_MISSING, BRANCH_PREFIX_TAKEN; nothing if the remote cannot be reached: it may come back */
export async function refuseUnpublishable(work: Work, { baseBranch, stackedOn }: Start): Promise<void> {
  const { project, settings, signal, order } = work;
  // Moose publishes its own branches when their turn comes.
  if (stackedOn !== undefined || baseBranch.startsWith(branchPrefix)) return;
  const { repositoryPath } = project;
  const { name, url, shownUrl } = await remotePlace(project, settings.dataDirectory, signal);
  if (name === undefined) return;
  const seen = await refSha(repositoryPath, `refs/remotes/${name}/${baseBranch}`, { signal });
  const at = { repositoryPath, remoteUrl: url, signal };
  const asked = remoteBranchShas(at, [baseBranch, prefixBranch], { timeoutMs: lookMs });
  const there = await asked.catch((cause: unknown) => {
    if (signal.aborted || !isMooseError(cause)) throw cause;
    if (cause.category === 'transient') reportGitFault(cause).resolved(true);
    return null;
  });
  if (there === null) return;
  if (there.has(prefixBranch)) throw prefixTaken(shownUrl);
  // A branch that was there is waited for when the change is published: somebody may be renaming it.
  if (there.has(baseBranch) || seen !== null) return;
  throw pipelineFailures.BASE_BRANCH_MISSING_AT_START(
    { operation: 'find base', workOrderId: order.id, metadata: { baseBranch, remote: shownUrl } },
    {
      baseBranch,
      shownUrl,
      path: shellWord(repositoryPath),
      remote: shellWord(name),
      branch: shellWord(baseBranch),
    },
  );
}
