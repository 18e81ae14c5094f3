import { isMooseError } from '../../domain/failure.ts';
import { isSha } from '../read/revision.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import { prefixBranch } from '../refs/branch-prefix.ts';
import { runRemoteGit } from './remote-failure.ts';
import { assertRemoteUrl } from './remote-url.ts';

export interface RemoteHead {
  /** The remote's default branch; null if the remote names none, or one with a name that git does not allow. */
  defaultBranch: string | null;
  /** Null if the remote has no commit there. */
  sha: string | null;
  /** Whether it has a branch `moose`, beside which there can be no `moose/…`. */
  isPrefixTaken: boolean;
}

/** A directory outside any repository: only the user's own git settings apply. */
const nowhere = '/';

/** Asks the remote for its default branch, with one short connection. @throws as `runRemoteGit` */
export async function remoteHead(
  address: string,
  call: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<RemoteHead> {
  assertRemoteUrl(address);
  const args = ['ls-remote', '--symref', '--', address, 'HEAD', `refs/heads/${prefixBranch}`];
  const { stdout } = await runRemoteGit(nowhere, args, address, call);
  const lines = stdout.split('\n').filter((line) => line.endsWith('\tHEAD'));
  const named = lines.find((line) => line.startsWith('ref: refs/heads/'));
  const branch = named?.slice('ref: refs/heads/'.length, -'\tHEAD'.length) ?? null;
  const sha = lines.map((line) => line.slice(0, -'\tHEAD'.length)).find(isSha) ?? null;
  const isPrefixTaken = new RegExp(`\trefs/heads/${prefixBranch}$`, 'm').test(stdout);
  return { defaultBranch: branch !== null && isBranchName(branch) ? branch : null, sha, isPrefixTaken };
}

/** All branches of the remote, with one short connection. @throws as `runRemoteGit` */
export async function remoteBranches(
  address: string,
  call: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<string[]> {
  assertRemoteUrl(address);
  const prefix = '\trefs/heads/';
  const { stdout } = await runRemoteGit(nowhere, ['ls-remote', '--heads', '--', address], address, call);
  return stdout
    .split('\n')
    .filter((line) => line.includes(prefix))
    .map((line) => line.slice(line.indexOf(prefix) + prefix.length));
}

function isBranchName(name: string): boolean {
  try {
    assertBranchName(name);
    return true;
  } catch (error) {
    if (isMooseError(error)) return false;
    throw error;
  }
}
