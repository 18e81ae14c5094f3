import { assertBranchName } from './branch-name.ts';
import { runRemoteGit } from './remote-failure.ts';
import { assertRemoteUrl } from './remote-url.ts';
import { isSha } from './revision.ts';

export interface RemoteBranch {
  /** The repository whose settings and credentials apply to the remote. */
  repositoryPath: string;
  remoteUrl: string;
  branch: string;
  /** True for a bare repository that Moose made: then no hook or program that somebody put into it runs (R-SEC-7). */
  isMooses?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Settings for the command that serves a remote of Moose's own. git clears the settings of its caller and reads those
 * of the served repository, so they are passed again here.
 */
const ownSettings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  // git runs this command for each repository that objects are borrowed from.
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

/** The branch's position on the remote; null if it does not exist. */
export async function remoteBranchSha(where: RemoteBranch): Promise<string | null> {
  const { repositoryPath, remoteUrl, branch, signal } = where;
  assertBranchName(branch);
  assertRemoteUrl(remoteUrl);
  const ref = `refs/heads/${branch}`;
  const args = ['ls-remote', ...servedBy('upload-pack', where), '--', remoteUrl, ref];
  const { stdout } = await runRemoteGit(repositoryPath, args, remoteUrl, { signal });
  // The pattern also matches the end of a name, such as refs/remotes/x/refs/heads/a.
  const line = stdout.split('\n').find((each) => each.endsWith(`\t${ref}`));
  const sha = line?.split('\t')[0] ?? '';
  return isSha(sha) ? sha : null;
}

/**
 * Moves, creates (`from` null) or deletes (`to` null) a remote branch if it is at the expected position; a branch that
 * is already at `to` stays, whatever was expected.
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

/** Fetches the commits of a remote's branch; moves no reference of the repository. */
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
