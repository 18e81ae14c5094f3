// Queries about commits and refs; every name is validated before git gets it, so that none is read as an option.

import type { PermanentError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

/** The value that `update-ref` and a push with a lease use for a ref that must not exist yet. */
export const noSha = '';

export function isSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

export function assertSha(sha: string): void {
  if (isSha(sha)) return;
  throw gitFailures.SHA_INVALID('check sha', { sha: JSON.stringify(sha) });
}

/** The commit of a full ref (`refs/…`, or HEAD); null if there is none. */
export async function refSha(
  repositoryPath: string,
  ref: string,
  call: GitCall = {},
): Promise<string | null> {
  const { stdout, exitCode } = await runGit(
    repositoryPath,
    ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`],
    { ...call, okExitCodes: [1] },
  );
  return exitCode === 0 ? stdout.trim() : null;
}

/** The branch that is checked out, without `refs/heads/`; null if HEAD is detached or not a branch. */
export async function headBranch(worktreePath: string, call: GitCall = {}): Promise<string | null> {
  const { stdout, exitCode } = await runGit(worktreePath, ['symbolic-ref', '--quiet', 'HEAD'], {
    ...call,
    okExitCodes: [1],
  });
  const ref = stdout.trim();
  return exitCode === 0 && ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
}

export async function hasCommit(repositoryPath: string, sha: string, call: GitCall = {}): Promise<boolean> {
  return (await commitsAmong(repositoryPath, [sha], call)).has(sha);
}

/** Those that the repository has as commits. */
export async function commitsAmong(
  repositoryPath: string,
  shas: readonly string[],
  call: GitCall = {},
): Promise<Set<string>> {
  for (const sha of shas) assertSha(sha);
  const { stdout } = await runGit(repositoryPath, ['cat-file', '--batch-check'], {
    ...call,
    input: shas.map((sha) => `${sha}\n`).join(''),
  });
  const found = stdout.split('\n').map((line) => line.split(' '));
  return new Set(found.filter(([, kind]) => kind === 'commit').map(([sha = '']) => sha));
}

/** The commits that `to` has and `from` does not, newest first. */
export async function commitsSince(
  repositoryPath: string,
  { from, to }: { from: string; to: string },
  call: GitCall = {},
): Promise<string[]> {
  assertSha(from);
  assertSha(to);
  const { stdout } = await runGit(repositoryPath, ['rev-list', `${from}..${to}`], call);
  return stdout.split('\n').filter((sha) => sha !== '');
}

export async function assertCommit(repositoryPath: string, sha: string, call: GitCall = {}): Promise<void> {
  if (await hasCommit(repositoryPath, sha, call)) return;
  throw commitMissing(repositoryPath, sha);
}

export function commitMissing(repositoryPath: string, revision: string): PermanentError {
  return gitFailures.COMMIT_MISSING(
    { operation: 'find commit', metadata: { repositoryPath, revision } },
    { revision, repositoryPath },
  );
}

export async function isAncestor(
  repositoryPath: string,
  ancestor: string,
  descendant: string,
  call: GitCall = {},
): Promise<boolean> {
  const { exitCode } = await runGit(repositoryPath, ['merge-base', '--is-ancestor', ancestor, descendant], {
    ...call,
    okExitCodes: [1],
  });
  return exitCode === 0;
}

export async function treeOf(repositoryPath: string, sha: string, call: GitCall = {}): Promise<string> {
  assertSha(sha);
  const { stdout } = await runGit(repositoryPath, ['rev-parse', '--verify', `${sha}^{tree}`], call);
  return stdout.trim();
}

/** The entries of a `-z` listing. */
export function splitNul(listing: string): string[] {
  const parts = listing.split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The messages of the commits that `to` has and `from` does not, newest first. */
export async function messagesSince(
  path: string,
  { from, to }: { from: string; to: string },
  call: GitCall,
): Promise<string[]> {
  assertSha(from);
  assertSha(to);
  const { stdout } = await runGit(path, ['log', '-z', '--format=%B', `${from}..${to}`], call);
  return splitNul(stdout);
}
