// Finds the branch that a change starts from, by its name: a local branch, or a remote's branch in its mirror.

import type { ConfigurationError } from '../../domain/failure.ts';
import { nearNames } from '../../domain/text/near-names.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { refSha } from '../read/revision.ts';
import { mirrorRefs } from '../remote/mirror.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { assertBranchName } from './branch-name.ts';

export interface BaseRequest {
  /** The path of the repository or mirror. */
  path: string;
  branch: string;
  /** If `path` is a mirror, the address that its branches come from. */
  remote?: string | undefined;
  /** The file that names the branch; absent if a person names it. */
  namedBy?: string | undefined;
}

/** If there are many branches, only this many are compared with a mistyped name. */
const comparedMax = 10_000;

/** @throws BASE_BRANCH_UNKNOWN, BRANCH_NAME_INVALID */
export async function baseCommit(
  { path, branch, remote, namedBy }: BaseRequest,
  call: GitCall = {},
): Promise<string> {
  assertBranchName(branch);
  const refs = remote === undefined ? 'refs/heads/' : mirrorRefs;
  const sha = await refSha(path, `${refs}${branch}`, call);
  if (sha !== null) return sha;
  throw baseUnknown(remote ?? path, branch, await branchesIn(path, refs, call), namedBy);
}

export function baseUnknown(
  place: string,
  branch: string,
  branches: readonly string[],
  namedBy?: string,
): ConfigurationError {
  const near = nearNames(branch, branches.slice(0, comparedMax));
  return near.length > 0
    ? gitFailures.BASE_BRANCH_UNKNOWN(
        { operation: 'find base', metadata: { place, branch, branches: branches.slice(0, 20) } },
        {
          place,
          branch,
          which: namedBy === undefined ? '' : `, which ${namedBy} names`,
          near: near.join(' or '),
        },
      )
    : gitFailures.BASE_BRANCH_UNKNOWN_PUSH(
        { operation: 'find base', metadata: { place, branch, branches: branches.slice(0, 20) } },
        { place, branch, which: namedBy === undefined ? '' : `, which ${namedBy} names` },
      );
}

async function branchesIn(path: string, refs: string, call: GitCall): Promise<string[]> {
  const args = ['for-each-ref', `--count=${comparedMax}`, '--format=%(refname)', refs];
  const { stdout } = await runGit(path, args, call);
  return stdout
    .split('\n')
    .filter((ref) => ref.startsWith(refs))
    .map((ref) => ref.slice(refs.length));
}
