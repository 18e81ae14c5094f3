import { assertSha, splitNul } from './revision.ts';
import { runGit } from './run-git.ts';
import { hasTrailers, type Trailers } from './trailers.ts';
import { diffTrees } from './tree-diff.ts';

export interface Commit {
  sha: string;
  treeSha: string;
  /** Compared with the commit's parent. */
  changedFiles: string[];
}

export interface CommitSearch {
  worktreePath: string;
  baseSha: string;
  trailers: Trailers;
  signal?: AbortSignal | undefined;
}

/** How many commits back to search. */
const maxCommitsSearched = 1_000;

/**
 * The newest commit since `baseSha` that has all of the trailers; null if none has. Anybody can write trailers, so
 * `commitAll`, which uses this to find its own commit, checks the content too.
 */
export async function findCommitWithTrailers(search: CommitSearch): Promise<Commit | null> {
  const { worktreePath, baseSha, trailers, signal } = search;
  assertSha(baseSha);
  const format = '--format=%H%n%T%n%P%n%B';
  const { stdout } = await runGit(
    worktreePath,
    ['log', '-z', `--max-count=${maxCommitsSearched}`, '--no-show-signature', format, `${baseSha}..HEAD`],
    { signal },
  );
  for (const commit of splitNul(stdout)) {
    const [sha = '', treeSha = '', parents = '', ...body] = commit.split('\n');
    if (!hasTrailers(body.join('\n'), trailers)) continue;
    const changes = await diffTrees(worktreePath, parents.split(' ')[0] || baseSha, sha, { signal });
    return { sha, treeSha, changedFiles: changes.map((change) => change.path) };
  }
  return null;
}
