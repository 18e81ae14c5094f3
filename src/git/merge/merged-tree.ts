// The files that git's automatic merge of two commits results in: with objects only, and no commit.
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';

export interface MergedTree {
  /** With git's conflict marks in the conflicting files. */
  tree: string;
  isClean: boolean;
  /** The paths that conflict, each once. */
  conflicts: string[];
}

export async function mergedTree(
  repositoryPath: string,
  { ours, theirs }: { ours: string; theirs: string },
  call: GitCall,
): Promise<MergedTree> {
  const { stdout, exitCode } = await runGit(
    repositoryPath,
    ['merge-tree', '--write-tree', '--name-only', '-z', '--no-messages', ours, theirs],
    { ...call, okExitCodes: [1], timeoutMs: checkoutTimeoutMs },
  );
  const [tree = '', ...paths] = splitNul(stdout);
  return { tree, isClean: exitCode === 0, conflicts: [...new Set(paths.filter((path) => path !== ''))] };
}
