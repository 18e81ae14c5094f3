// Finds the commit that reverts another one, by the sentence that git and forges write into its message.
import { fetchBranch, type RemoteBranch, remoteBranchSha } from './remote-branch.ts';
import { assertSha, hasCommit } from './revision.ts';
import { runGit } from './run-git.ts';

/** Null if no commit after `sha` on the remote's branch reverts it, or a later one restores it. */
export async function findRevertOf(sha: string, where: RemoteBranch): Promise<string | null> {
  assertSha(sha);
  const { repositoryPath, signal } = where;
  const tip = await remoteBranchSha(where);
  if (tip === null) return null;
  if (!(await hasCommit(repositoryPath, tip, { signal }))) await fetchBranch(where);
  const missing =
    !(await hasCommit(repositoryPath, sha, { signal })) ||
    !(await hasCommit(repositoryPath, tip, { signal }));
  if (missing) return null;
  const revert = await newestSaying(where, `This reverts commit ${sha}`, `${sha}..${tip}`);
  if (revert === null) return null;
  const restored = await newestSaying(where, `This reverts commit ${revert}`, `${revert}..${tip}`);
  return restored === null ? revert : null;
}

async function newestSaying(
  { repositoryPath, signal }: RemoteBranch,
  words: string,
  range: string,
): Promise<string | null> {
  const args = ['log', '--max-count=1', '--format=%H', '--fixed-strings', `--grep=${words}`, range, '--'];
  const { stdout } = await runGit(repositoryPath, args, { signal });
  return stdout.trim() === '' ? null : stdout.trim();
}
