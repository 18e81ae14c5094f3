// Whether a branch already contains a change: as a commit, or squashed or rebased, so that a merge would change nothing.
import { isAncestor, splitNul, treeOf } from '../read/revision.ts';
import { checkoutTimeoutMs, type GitCall, runGit } from '../run/run-git.ts';

export async function isMergedInto(
  repositoryPath: string,
  { headSha, tip, signal }: { headSha: string; tip: string; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const call: GitCall = { signal };
  if (await isAncestor(repositoryPath, headSha, tip, call)) return true;
  const { stdout, exitCode } = await runGit(
    repositoryPath,
    ['merge-tree', '--write-tree', '--name-only', '-z', '--no-messages', tip, headSha],
    { ...call, okExitCodes: [1], timeoutMs: checkoutTimeoutMs },
  );
  const [tree] = splitNul(stdout);
  return exitCode === 0 && tree === (await treeOf(repositoryPath, tip, call));
}
