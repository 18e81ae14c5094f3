import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runQuickly } from '../../src/git/quick-start.fixture.ts';
import type { MergeMethod } from './state.ts';

// Git's own answers to what GitHub asks of a bare repository. Synchronous, so that each act of the double is whole; a
// push to the double itself must not be: it would wait for its own process.

const environment = {
  PATH: '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin',
  HOME: '/nowhere',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C',
};

export interface Person {
  name: string;
  email: string;
}

export function gitAt(path: string, args: readonly string[], more: Record<string, string> = {}): string {
  return runQuickly('git', args, { cwd: path, env: { ...environment, ...more } }).trim();
}

/** With an input: bytes stay as they are. */
export function gitWith(
  path: string,
  args: readonly string[],
  input: string | Buffer,
  more: Record<string, string> = {},
): string {
  const env = { ...environment, ...more };
  return execFileSync('git', args, { cwd: path, input, env, encoding: 'utf8' });
}

/** The output, or null if git fails. */
export function triedGit(
  path: string,
  args: readonly string[],
  more: Record<string, string> = {},
): string | null {
  try {
    return gitAt(path, args, more);
  } catch {
    return null;
  }
}

/**
 * Caches git's answers about commits, which never change: with many pull requests, the same questions repeat. The size
 * is bounded.
 */
const answersOfCommits = new Map<string, string | null>();
const answersMax = 20_000;
const isSha = (word: string) => /^[0-9a-f]{40}(\^\{commit\})?$/.test(word);

/**
 * Like `triedGit`, but caches the answer if all arguments are full commit hashes. A missing commit is not cached,
 * because it may come.
 */
export function askedOfCommits(
  path: string,
  args: readonly string[],
  commits: readonly string[],
  { isFinal = true } = {},
): string | null {
  const key = [path, ...args, ...commits].join(' ');
  const known = answersOfCommits.get(key);
  if (known !== undefined) return known;
  const answer = triedGit(path, [...args, ...commits]);
  if (!commits.flatMap((each) => each.split(/\.{2,3}/)).every(isSha) || (answer === null && !isFinal))
    return answer;
  if (answersOfCommits.size >= answersMax) answersOfCommits.clear();
  answersOfCommits.set(key, answer);
  return answer;
}

export function createBare(path: string, defaultBranch: string): void {
  mkdirSync(path, { recursive: true });
  gitAt(path, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`]);
  gitAt(path, ['config', 'http.receivepack', 'true']);
  gitAt(path, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
}

/** Branches and their commits. */
export function headsIn(path: string): Map<string, string> {
  const lines = gitAt(path, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads']).split('\n');
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => [line.slice('refs/heads/'.length + 41), line.slice(0, 40)]),
  );
}

export function isAncestor(path: string, ancestor: string, descendant: string): boolean {
  return askedOfCommits(path, ['merge-base', '--is-ancestor'], [ancestor, descendant]) !== null;
}

/** How many commits of `to` are not in `from`. */
export function countCommits(path: string, from: string, to: string): number {
  return Number(askedOfCommits(path, ['rev-list', '--count'], [`${from}..${to}`], { isFinal: false }));
}

/** The tree of a merge, or null if there are conflicts. */
export function mergedTree(path: string, base: string, head: string): string | null {
  const tree = askedOfCommits(path, ['merge-tree', '--write-tree', '--no-messages'], [base, head]);
  return tree?.split('\n')[0] ?? null;
}

export interface Merge {
  path: string;
  base: string;
  head: string;
  method: MergeMethod;
  message: string;
  author: Person;
  at: Date;
}

/** The commit that the base branch has after the merge; it moves nothing. Null if there are conflicts. */
export function mergeCommit({ path, base, head, method, message, author, at }: Merge): string | null {
  const as = identityOf(author, at);
  if (method === 'rebase') return rebased(path, base, head, as);
  const tree = mergedTree(path, base, head);
  if (tree === null) return null;
  const parents = method === 'merge' ? ['-p', base, '-p', head] : ['-p', base];
  return gitAt(path, ['commit-tree', tree, ...parents, '-m', message], as);
}

function rebased(path: string, base: string, head: string, as: Record<string, string>): string | null {
  const place = join(mkdtempSync(join(path, 'rebase-')), 'tree');
  try {
    gitAt(path, ['worktree', 'add', '--quiet', '--detach', place, head]);
    gitAt(place, ['rebase', '--quiet', '--force-rebase', base], as);
    return gitAt(place, ['rev-parse', 'HEAD']);
  } catch {
    return null;
  } finally {
    rmSync(place, { recursive: true, force: true });
    gitAt(path, ['worktree', 'prune']);
  }
}

export function identityOf({ name, email }: Person, at: Date): Record<string, string> {
  const date = at.toISOString();
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

/** Commits files onto a branch, or onto `from` as a new branch, without a worktree. Null removes a file. */
export function commitFiles(
  path: string,
  commit: {
    branch: string;
    from?: string;
    files: Readonly<Record<string, string | null>>;
    message: string;
    author: Person;
    at: Date;
  },
): string {
  const index = { GIT_INDEX_FILE: join(mkdtempSync(join(path, 'index-')), 'index') };
  const parent = triedGit(path, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${commit.from ?? commit.branch}^{commit}`,
  ]);
  if (parent !== null) gitAt(path, ['read-tree', parent], index);
  for (const [file, text] of Object.entries(commit.files)) {
    if (text === null) gitAt(path, ['update-index', '--force-remove', file], index);
    else {
      const given = { cwd: path, input: text, env: environment };
      const blob = runQuickly('git', ['hash-object', '-w', '--stdin'], given).trim();
      gitAt(path, ['update-index', '--add', '--cacheinfo', `100644,${blob},${file}`], index);
    }
  }
  const tree = gitAt(path, ['write-tree'], index);
  rmSync(join(index.GIT_INDEX_FILE, '..'), { recursive: true, force: true });
  const parents = parent === null ? [] : ['-p', parent];
  const sha = gitAt(
    path,
    ['commit-tree', tree, ...parents, '-m', commit.message],
    identityOf(commit.author, commit.at),
  );
  gitAt(path, ['update-ref', `refs/heads/${commit.branch}`, sha]);
  return sha;
}
