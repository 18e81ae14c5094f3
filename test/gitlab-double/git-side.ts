// What git knows of the double's repository: heads, conflicts and merges.
import type { GitServer } from '../../src/git/git-server.fixture.ts';
import { endQuickly } from '../../src/git/quick-start.fixture.ts';

export interface GitSide {
  /** Null if there is no such branch. */
  head(branch: string): string | null;
  mergeBase(one: string, other: string): string;
  isAncestor(one: string, other: string): boolean;
  hasConflicts(target: string, source: string): boolean;
  /** Returns the commit of the merge, which the branch is then at. */
  merge(target: string, source: string, message: string): string;
}

export function gitSide(server: GitServer): GitSide {
  const run = (...args: string[]) =>
    endQuickly('git', ['-C', server.path, ...args], { env: { ...process.env, ...identity } });
  const treeOf = (target: string, source: string) => run('merge-tree', '--write-tree', target, source);
  return {
    head: (branch) => {
      const { status, stdout } = run('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`);
      return status === 0 ? stdout.trim() : null;
    },
    mergeBase: (one, other) => run('merge-base', one, other).stdout.trim(),
    isAncestor: (one, other) => run('merge-base', '--is-ancestor', one, other).status === 0,
    hasConflicts: (target, source) => treeOf(target, source).status !== 0,
    merge: (target, source, message) => {
      const [tree = ''] = treeOf(target, source).stdout.split('\n');
      const sha = run('commit-tree', tree, '-p', target, '-p', source, '-m', message).stdout.trim();
      run('update-ref', `refs/heads/${target}`, sha);
      return sha;
    },
  };
}

const identity = {
  GIT_AUTHOR_NAME: 'GitLab',
  GIT_AUTHOR_EMAIL: 'gitlab@example.org',
  GIT_COMMITTER_NAME: 'GitLab',
  GIT_COMMITTER_EMAIL: 'gitlab@example.org',
};
