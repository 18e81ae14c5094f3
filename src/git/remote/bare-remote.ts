import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { appendPassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { objectFormat } from '../commit/object-id.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertCommit } from '../read/revision.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import { clearOldDrafts, makeByDraft } from '../refs/drafts.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { reportGitFault } from '../run/git-repetition.ts';
import { isThere } from '../run/is-there.ts';
import { lookAfter } from '../run/look-after.ts';
import { glanceAt, readNow } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';
import { looseSha } from '../worktree/head-state.ts';
import { leasedPush, type RemoteBranch, remoteBranchSha } from './remote-branch.ts';

export interface BareRemoteRequest {
  /** The repository that the base branch comes from. */
  defaultBranchFrom: string;
  branch: string;
  sha: string;
  signal?: AbortSignal | undefined;
}

/**
 * Ensures that a bare repository exists at `path` and has the base branch; an existing branch is not moved. The
 * repository appears complete or not at all, even after a crash or with two simultaneous callers.
 */
export async function ensureBareRemote(
  path: string,
  wish: BareRemoteRequest,
): Promise<{ wasCreated: boolean }> {
  assertBranchName(wish.branch);
  const call: GitCall = { signal: wish.signal };
  if (isUntouched(path, wish.branch)) return { wasCreated: false };
  if (await isWhole(path, wish.branch, call)) {
    await withoutHooks(path, call);
    return { wasCreated: false };
  }
  await assertCommit(wish.defaultBranchFrom, wish.sha, call);
  return withFileFailures('ensure bare remote', wish.signal, async () => {
    // Pushed content is readable only by its owner.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await clearOldDrafts(path);
    if (!(await isOccupied(path)) && (await makeWhole(path, wish, call))) return { wasCreated: true };
    await assertBare(path, call);
    await withoutHooks(path, call);
    await ensureBase(path, wish);
    return { wasCreated: false };
  });
}

const smallBytesMax = 64 * 1024;

/**
 * Whether the small files show the repository as Moose made it, without a git: its configuration ends with Moose's own
 * settings, so that nothing after them replaces them, and the base branch has a file.
 */
function isUntouched(path: string, branch: string): boolean {
  const config = readNow(join(path, 'config'), smallBytesMax) ?? '';
  return (
    /^\tbare = true$/m.test(config) &&
    config.endsWith(settings) &&
    glanceAt(join(path, 'HEAD'))?.isFile() === true &&
    looseSha(path, `refs/heads/${branch}`) !== null
  );
}

/** A quick check for the usual case: the repository exists and has the base branch. */
async function isWhole(path: string, branch: string, call: GitCall): Promise<boolean> {
  if (!(await isThere(join(path, 'HEAD')))) return false;
  const { stdout, exitCode } = await runGit(
    path,
    ['rev-parse', '--is-bare-repository', '--verify', `refs/heads/${branch}^{commit}`],
    { ...call, okExitCodes: [128] },
  );
  return exitCode === 0 && stdout.startsWith('true\n');
}

async function makeWhole(path: string, wish: BareRemoteRequest, call: GitCall): Promise<boolean> {
  return makeByDraft(path, async (draft) => {
    const format = objectFormat(wish.sha);
    const init = [
      'init',
      '--quiet',
      '--bare',
      '--template=',
      format,
      `--initial-branch=${wish.branch}`,
      draft,
    ];
    await runGit(dirname(path), init, call);
    // Written without git, because nobody else knows the draft, and git would need a process for each setting.
    await appendPassing(join(draft, 'config'), settings);
    await pushBase(whereOf(draft, wish), wish.sha);
  });
}

/** The base branch may come from a shallow clone; overwritten commits stay in the reflog. For hooks see below. */
const settings = `[receive]
\tshallowUpdate = true
[core]
\tlogAllRefUpdates = true
\thooksPath = /dev/null
`;

/** Hooks that somebody puts into the repository's directory never run, even when a person pushes. */
async function withoutHooks(path: string, call: GitCall): Promise<void> {
  const asked = ['config', '--local', '--get', 'core.hooksPath'];
  const { stdout } = await runGit(path, asked, { ...call, okExitCodes: [1] });
  if (stdout.trim() !== '/dev/null') await runGit(path, ['config', 'core.hooksPath', '/dev/null'], call);
}

function whereOf(remotePath: string, { defaultBranchFrom, branch, signal }: BareRemoteRequest): RemoteBranch {
  return { repositoryPath: defaultBranchFrom, remoteUrl: remotePath, branch, isMooses: true, signal };
}

async function ensureBase(remotePath: string, wish: BareRemoteRequest): Promise<void> {
  const where = whereOf(remotePath, wish);
  if ((await remoteBranchSha(where)) === null) await pushBase(where, wish.sha);
}

async function pushBase(where: RemoteBranch, sha: string): Promise<void> {
  try {
    await leasedPush(where, { from: null, to: sha });
  } catch (error) {
    if ((await lookAfter(error, () => remoteBranchSha(where))) === null) throw error;
    if (isMooseError(error) && error.category === 'transient') reportGitFault(error).resolved(true);
  }
}

async function isOccupied(path: string): Promise<boolean> {
  if (!(await isThere(path))) return false;
  try {
    return (await readdir(path)).length > 0;
  } catch (error) {
    if (hasErrorCode(error, 'ENOTDIR')) return true;
    throw error;
  }
}

async function assertBare(path: string, call: GitCall): Promise<void> {
  const fault = (cause: unknown) =>
    gitFailures.REMOTE_INVALID({ operation: 'ensure bare remote', metadata: { path }, cause }, { path });
  let answer: string;
  try {
    answer = (await runGit(path, ['rev-parse', '--is-bare-repository'], call)).stdout.trim();
  } catch (error) {
    call.signal?.throwIfAborted();
    throw isMooseError(error) && error.category === 'transient' ? error : fault(error);
  }
  if (answer !== 'true') throw fault(undefined);
}
