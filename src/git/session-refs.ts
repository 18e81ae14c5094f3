// The branch of a session (R-SEC-5). git writes a branch by a rename in its folder, so a session that may commit can
// write that folder, and with it the branches of all other work orders. Therefore a session sees a folder of its own in
// that place, with only its branch. When it has ended, the repository's branch moves to where the session left its own.

import { constants } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMooseError } from '../domain/failure.ts';
import { namesIn } from '../stdx/names-in.ts';
import { removeTree } from '../stdx/remove-tree.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { branchSha } from './head-state.ts';
import { readIfThere } from './is-there.ts';
import { moveRef } from './move-ref.ts';
import { inTurn } from './repository-turn.ts';
import { hasCommit, isSha, refSha } from './revision.ts';
import type { GitCall } from './run-git.ts';

/** Folders that a session sees in place of those of the repository. */
export interface SessionRefs {
  heads: string;
  logs: string;
}

const shaBytesMax = 65;

/** Beside the folder of worktrees, which no session can write. */
const refsFolderOf = (worktreePath: string) => join(`${dirname(worktreePath)}-refs`, basename(worktreePath));

const filesOf = (folder: string) => ({
  heads: join(folder, 'heads'),
  logs: join(folder, 'logs'),
  /** The branch's name, and where it was when the session's copy was made. Only Moose writes and reads these. */
  branch: join(folder, 'branch'),
  base: join(folder, 'base'),
});

interface Branch {
  worktreePath: string;
  branch: string;
}

/**
 * Several sessions of a worktree share its refs; a commit of one that still runs is kept. Idempotent. One session may
 * start while another one starts or ends: they take turns at the folder.
 */
export function openSessionRefs(repositoryPath: string, of: Branch, call: GitCall): Promise<SessionRefs> {
  return inTurn(refsFolderOf(of.worktreePath), call.signal, () => openNow(repositoryPath, of, call));
}

async function openNow(
  repositoryPath: string,
  { worktreePath, branch }: Branch,
  call: GitCall,
): Promise<SessionRefs> {
  const { heads, logs, ...files } = filesOf(refsFolderOf(worktreePath));
  for (const path of [heads, logs]) await mkdir(path, { recursive: true, mode: 0o700 });
  const base = (await readIfThere(files.branch)) === branch ? await readIfThere(files.base) : null;
  const left = await readLeft(join(heads, basename(branch)));
  const isMoved = base !== null && left !== null && left !== base;
  const sha = isMoved ? null : await branchSha(repositoryPath, branch, call);
  if (sha !== null && sha !== left) await put(join(heads, basename(branch)), `${sha}\n`);
  if (sha !== null && sha !== base) {
    await put(files.base, sha);
    await put(files.branch, branch);
  }
  return { heads, logs };
}

/**
 * Moves the branch to where the worktree's sessions left it; nothing of them may run. If somebody else moved the branch
 * meanwhile, it stays there, and the session's commit is kept under refs/moose/preserved.
 */
export function takeSessionRefs(repositoryPath: string, worktreePath: string, call: GitCall): Promise<void> {
  return inTurn(refsFolderOf(worktreePath), call.signal, () => takeNow(repositoryPath, worktreePath, call));
}

async function takeNow(repositoryPath: string, worktreePath: string, call: GitCall): Promise<void> {
  const { heads, logs, ...files } = filesOf(refsFolderOf(worktreePath));
  const [branch, base] = [await readIfThere(files.branch), await readIfThere(files.base)];
  if (branch === null || base === null) return;
  const left = await readLeft(join(heads, basename(branch)));
  if (left !== null && left !== base && (await hasCommit(repositoryPath, left, call)))
    await moveBranch(repositoryPath, { branch, base, left }, call);
  await removeTree(files.base);
  // Whatever else the sessions put there, such as the lock of a git that was killed, is gone. The folders stay, because
  // a service may still see them.
  for (const folder of [heads, logs])
    for (const name of await namesIn(folder)) await removeTree(join(folder, name));
  await openNow(repositoryPath, { worktreePath, branch }, call);
}

export async function removeSessionRefs(worktreePath: string): Promise<void> {
  await removeTree(refsFolderOf(worktreePath));
}

async function moveBranch(
  repositoryPath: string,
  { branch, base, left }: { branch: string; base: string; left: string },
  call: GitCall,
): Promise<void> {
  const because = 'moose: a session committed';
  try {
    await moveRef(repositoryPath, { ref: `refs/heads/${branch}`, from: base, to: left, because }, call);
  } catch (cause) {
    if (!isMooseError(cause) || cause.code !== 'REF_MOVED') throw cause;
    const ref = `refs/moose/preserved/${basename(branch)}-${left.slice(0, 12)}`;
    if ((await refSha(repositoryPath, ref, call)) === null)
      await moveRef(repositoryPath, { ref, from: null, to: left, because }, call);
  }
}

/** The commit in a file that a session can replace with anything; null if it is none. Follows no link, never waits. */
async function readLeft(path: string): Promise<string | null> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ELOOP', 'ENXIO', 'EACCES', 'ENODEV')) return null;
    throw error;
  }
  try {
    if (!(await file.stat()).isFile()) return null;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(shaBytesMax), 0, shaBytesMax, 0);
    const text = buffer.toString('latin1', 0, bytesRead).trimEnd();
    return isSha(text) ? text : null;
  } finally {
    await file.close();
  }
}

/** Complete or not at all; replaces a link or folder that a session put there, and follows none. */
async function put(path: string, text: string): Promise<void> {
  const draft = `${dirname(path)}.${basename(path)}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    await rename(draft, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
    await removeTree(path);
    await rename(draft, path);
  }
}
