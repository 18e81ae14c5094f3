// A branch `moose` leaves no room for Moose's branches, `moose/…`: git keeps a branch as a file, and the others in a folder
// of the same name. It is looked for before any work begins.

import type { ConfigurationError } from '../../domain/failure.ts';
import { shellWord } from '../../stdx/text/shell-words.ts';
import { gitFailures } from '../failure-catalogue.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { branchPrefix } from './branch-name.ts';

export const prefixBranch = branchPrefix.slice(0, -1);

/** Looks at the repository's own branches, and at those of its remotes as it last saw them. @throws BRANCH_PREFIX_TAKEN */
export async function assertPrefixFree(root: string, call: GitCall = {}): Promise<void> {
  const own = `refs/heads/${prefixBranch}`;
  const asked = ['for-each-ref', '--format=%(refname)', own, `refs/remotes/*/${prefixBranch}`];
  const found = (await runGit(root, asked, { ...call, mayDiscover: true })).stdout.split('\n');
  if (found.includes(own))
    throw prefixTaken(root, `To rename it: git -C ${shellWord(root)} branch -m ${prefixBranch} NEW-NAME`);
  const remote = found.find((ref) => new RegExp(`^refs/remotes/[^/]+/${prefixBranch}$`).test(ref));
  if (remote === undefined) return;
  const [, , name = ''] = remote.split('/');
  const gone = `git -C ${shellWord(root)} fetch --prune ${shellWord(name)}`;
  throw prefixTaken(`the remote ${name} of ${root}`, `If it is gone there already: ${gone}`);
}

export function prefixTaken(where: string, how = ''): ConfigurationError {
  return gitFailures.BRANCH_PREFIX_TAKEN(
    { operation: 'find branch', metadata: { where } },
    { prefixBranch, where, branchPrefix, advice: `Rename that branch, then submit again. ${how}`.trimEnd() },
  );
}
