import { assertBranchName } from './branch-name.ts';
import { runRemoteGit } from './remote-failure.ts';
import { assertRemoteUrl } from './remote-url.ts';
import { isSha } from './revision.ts';
import type { GitCall } from './run-git.ts';

export interface RemoteBranch {
  /** The repository whose settings and credentials for the remote hold. */
  repositoryPath: string;
  remoteUrl: string;
  branch: string;
  signal?: AbortSignal | undefined;
}

/** Where the branch is on the remote; null when it is not there. */
export async function remoteBranchSha(where: RemoteBranch): Promise<string | null> {
  const { repositoryPath, remoteUrl, branch, signal } = where;
  assertBranchName(branch);
  assertRemoteUrl(remoteUrl);
  const ref = `refs/heads/${branch}`;
  const { stdout } = await runRemoteGit(repositoryPath, ['ls-remote', '--', remoteUrl, ref], remoteUrl, {
    signal,
  });
  // The pattern matches the ends of names too: refs/remotes/x/refs/heads/a, say.
  const line = stdout.split('\n').find((each) => each.endsWith(`\t${ref}`));
  const sha = line?.split('\t')[0] ?? '';
  return isSha(sha) ? sha : null;
}

/**
 * Moves, makes (`from` null) or deletes (`to` null) a branch of a remote if it is where it is expected to be; one that
 * is at `to` already is left there, whatever was expected.
 */
export async function leasedPush(
  repositoryPath: string,
  remoteUrl: string,
  move: { branch: string; from: string | null; to: string | null },
  call: GitCall,
): Promise<'moved' | 'already there'> {
  const ref = `refs/heads/${move.branch}`;
  const quiet = ['--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'];
  const lease = `--force-with-lease=${ref}:${move.from ?? ''}`;
  const args = ['push', ...quiet, lease, '--', remoteUrl, `${move.to ?? ''}:${ref}`];
  const { stdout } = await runRemoteGit(repositoryPath, args, remoteUrl, call);
  return /^=\t/m.test(stdout) ? 'already there' : 'moved';
}

/** Brings the commits of a remote's branch in; no reference of the repository moves. */
export async function fetchBranch(where: RemoteBranch): Promise<void> {
  const { repositoryPath, remoteUrl, branch, signal } = where;
  const quiet = [
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--recurse-submodules=no',
  ];
  const args = ['fetch', ...quiet, '--', remoteUrl, `refs/heads/${branch}`];
  await runRemoteGit(repositoryPath, args, remoteUrl, { signal });
}
