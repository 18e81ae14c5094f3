import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { commitsAmong, isSha } from '../read/revision.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { runGit } from '../run/run-git.ts';
import { runRemoteGit } from './remote-failure.ts';
import { assertRemoteUrl } from './remote-url.ts';

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
  // git passes no setting on to the git on the other side.
  'core.fsync=committed',
  'core.fsyncMethod=batch',
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
  return (await remoteBranchShas(where, [where.branch])).get(where.branch) ?? null;
}

/** Like `remoteBranchSha`, for several branches with one call to the remote. Branches that do not exist are missing. */
export async function remoteBranchShas(
  where: Omit<RemoteBranch, 'branch'>,
  branches: readonly string[],
  { timeoutMs }: Pick<GitCall, 'timeoutMs'> = {},
): Promise<Map<string, string>> {
  const { repositoryPath, remoteUrl, signal } = where;
  for (const branch of branches) assertBranchName(branch);
  assertRemoteUrl(remoteUrl);
  const refs = branches.map((branch) => `refs/heads/${branch}`);
  const call: GitCall = timeoutMs === undefined ? { signal } : { signal, timeoutMs };
  const args = ['ls-remote', ...servedBy('upload-pack', where), '--', remoteUrl, ...refs];
  const stdout =
    (await readOwn(where, refs, call)) ?? (await runRemoteGit(repositoryPath, args, remoteUrl, call)).stdout;
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [sha = '', ref = ''] = line.split('\t');
    // A pattern also matches the end of a name, such as refs/remotes/x/refs/heads/a.
    const branch = branches[refs.indexOf(ref)];
    if (branch !== undefined && isSha(sha)) found.set(branch, sha);
  }
  return found;
}

/**
 * What `git ls-remote` prints, read from a repository that Moose made: one process in place of three. Null for any other
 * remote, and if git cannot read it, or warns of a broken ref: then `git ls-remote` says why.
 */
async function readOwn(
  { isMooses, remoteUrl }: Omit<RemoteBranch, 'branch'>,
  refs: readonly string[],
  call: GitCall,
): Promise<string | null> {
  if (!isMooses || !(await isThere(join(remoteUrl, 'HEAD')))) return null;
  try {
    const asked = ['for-each-ref', '--format=%(objectname)%09%(refname)', ...refs];
    const { stdout, stderr } = await runGit(remoteUrl, asked, call);
    return stderr === '' ? stdout : null;
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (!isMooseError(cause)) throw cause;
    return null;
  }
}

/** All branches of the remote whose names start with `prefix`, with one call, regardless of their number. */
export async function remoteBranchesBelow(
  where: Omit<RemoteBranch, 'branch'>,
  prefix: string,
): Promise<Map<string, string>> {
  const { repositoryPath, remoteUrl, signal } = where;
  assertRemoteUrl(remoteUrl);
  const below = `refs/heads/${prefix}`;
  const args = ['ls-remote', ...servedBy('upload-pack', where), '--', remoteUrl, `${below}*`];
  const { stdout } = await runRemoteGit(repositoryPath, args, remoteUrl, { signal });
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [sha = '', ref = ''] = line.split('\t');
    if (ref.startsWith(below) && isSha(sha)) found.set(ref.slice('refs/heads/'.length), sha);
  }
  return found;
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

/** Fetches those of these branches, as the remote has them, whose commits are not here. Null: there is no such branch. */
export async function fetchMissing(
  where: Omit<RemoteBranch, 'branch'>,
  branches: ReadonlyArray<[branch: string, sha: string | null]>,
): Promise<void> {
  const shas = branches.flatMap(([, sha]) => sha ?? []);
  if (shas.length === 0) return;
  const here = await commitsAmong(where.repositoryPath, shas, { signal: where.signal });
  for (const [branch, sha] of branches)
    if (sha !== null && !here.has(sha)) await fetchBranch({ ...where, branch });
}
