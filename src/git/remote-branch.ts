import { assertBranchName } from './branch-name.ts';
import { runRemoteGit } from './remote-failure.ts';
import { assertRemoteUrl } from './remote-url.ts';
import { isSha } from './revision.ts';

export interface RemoteBranch {
  /** The repository whose settings and credentials for the remote hold. */
  repositoryPath: string;
  remoteUrl: string;
  branch: string;
  /** A bare repository that Moose made: nothing that somebody has put into it is run (R-SEC-7). */
  isMooses?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * What serves a remote of Moose's own. git takes its settings from the repository that is served, and clears those
 * that its caller was given: so they are named here again.
 */
const ownSettings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  // It is run for each repository that objects are borrowed from.
  'core.alternateRefsCommand=true',
  'receive.autogc=false',
  'gc.auto=0',
  'maintenance.auto=false',
];

function servedBy(program: 'receive-pack' | 'upload-pack', { isMooses }: Pick<RemoteBranch, 'isMooses'>) {
  if (!isMooses) return [];
  const settings = ownSettings.map((setting) => `-c ${setting}`).join(' ');
  return [`--${program}=GIT_ALLOW_PROTOCOL=none git ${settings} ${program}`];
}

/** Where the branch is on the remote; null when it is not there. */
export async function remoteBranchSha(where: RemoteBranch): Promise<string | null> {
  const { repositoryPath, remoteUrl, branch, signal } = where;
  assertBranchName(branch);
  assertRemoteUrl(remoteUrl);
  const ref = `refs/heads/${branch}`;
  const args = ['ls-remote', ...servedBy('upload-pack', where), '--', remoteUrl, ref];
  const { stdout } = await runRemoteGit(repositoryPath, args, remoteUrl, { signal });
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
  where: RemoteBranch,
  move: { from: string | null; to: string | null },
): Promise<'moved' | 'already there'> {
  const { repositoryPath, remoteUrl, branch, signal } = where;
  const ref = `refs/heads/${branch}`;
  const quiet = ['--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'];
  const lease = `--force-with-lease=${ref}:${move.from ?? ''}`;
  const served = servedBy('receive-pack', where);
  const args = ['push', ...quiet, ...served, lease, '--', remoteUrl, `${move.to ?? ''}:${ref}`];
  const { stdout } = await runRemoteGit(repositoryPath, args, remoteUrl, { signal });
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
  const args = [
    'fetch',
    ...quiet,
    ...servedBy('upload-pack', where),
    '--',
    remoteUrl,
    `refs/heads/${branch}`,
  ];
  await runRemoteGit(repositoryPath, args, remoteUrl, { signal });
}
