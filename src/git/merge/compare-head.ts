// Whether a branch to which others may have pushed has anything but Moose's commits and those of the base branch.

import { isAncestor, treeOf } from '../read/revision.ts';
import { sharedCommit } from '../read/shared-commit.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { mergedTree } from './merged-tree.ts';

export interface ComparedHead {
  /** It has Moose's commit and the base branch, and nothing else: somebody has only brought the two together. */
  isOwn: boolean;
  /** Moose's commit is no longer in the branch: it was rebased, amended or removed. */
  isRewritten: boolean;
  /** The authors of what Moose did not push, each once, the newest first. */
  authors: string[];
}

/** More names do not fit into a sentence. */
const authorsMax = 5;

/**
 * Compares files, not messages: a merge of the base branch may have any content, and a rebase makes other commits of the
 * same content. All three commits must be in the repository. `baseTip`: the newest commit of the base branch.
 */
export async function compareHead(
  repositoryPath: string,
  { headSha, pushedSha, baseTip }: { headSha: string; pushedSha: string; baseTip: string },
  call: GitCall = {},
): Promise<ComparedHead> {
  const isRewritten = !(await isAncestor(repositoryPath, pushedSha, headSha, call));
  const others = await listCommits(repositoryPath, [headSha, `^${pushedSha}`, `^${baseTip}`], call);
  const own = await listCommits(repositoryPath, [pushedSha, `^${baseTip}`], call);
  const authors = [...new Set(others.map(({ author }) => author))].slice(0, authorsMax);
  // A commit that a later one reverts leaves no trace in the files, and is merged all the same.
  const isNoMore = isRewritten ? others.length <= own.length : others.length === 0;
  if (!isNoMore) return { isOwn: false, isRewritten, authors };
  const base = await sharedCommit(repositoryPath, headSha, baseTip, call);
  if (base === null) return { isOwn: false, isRewritten, authors };
  const { tree, isClean } = await mergedTree(repositoryPath, { ours: pushedSha, theirs: base }, call);
  const isOwn = isClean && tree === (await treeOf(repositoryPath, headSha, call));
  return { isOwn, isRewritten, authors: isOwn ? [] : authors.length > 0 ? authors : ['somebody'] };
}

/** Without merges. */
async function listCommits(
  path: string,
  range: readonly string[],
  call: GitCall,
): Promise<{ sha: string; author: string }[]> {
  const args = ['log', '--no-merges', '--max-count=200', '--format=%H%x00%an', ...range, '--'];
  const { stdout } = await runGit(path, args, call);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [sha = '', author = ''] = line.split('\0');
      return { sha, author };
    });
}
