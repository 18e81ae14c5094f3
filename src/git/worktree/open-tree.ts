// Gives this user back the rights on the files and folders of a worktree: whoever owns them, an agent may have closed them
// to itself, or a package manager has, as Go does with its module cache. Root needs no rights.

import { chmod, readdir } from 'node:fs/promises';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { glanceAt } from '../run/read-now.ts';

const depthMax = 256;

/** Call this only when no session is at work there. Follows no links. */
export async function openTree(path: string): Promise<void> {
  if (process.geteuid?.() === 0) return;
  const folders = [{ path: Buffer.from(path), depth: 0 }];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const found = glanceAt(folder.path);
    if (!found?.isDirectory()) continue;
    await open(folder.path, found.mode, 0o700);
    if (folder.depth >= depthMax) continue;
    for (const entry of await entriesOf(folder.path)) {
      const inner = Buffer.concat([folder.path, Buffer.from('/'), Buffer.from(entry.name)]);
      if (entry.isDirectory()) folders.push({ path: inner, depth: folder.depth + 1 });
      else if (entry.isFile()) await open(inner, glanceAt(inner)?.mode ?? 0o600, 0o400);
    }
  }
}

/** Does something again that a closed file or folder has stopped. @throws EACCES if it belongs to somebody else */
export async function orOpened<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES')) throw error;
    await openTree(path);
    return act();
  }
}

async function entriesOf(folder: Buffer) {
  try {
    return await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG')) return [];
    throw error;
  }
}

async function open(path: Buffer, mode: number, needed: number): Promise<void> {
  if ((mode & needed) === needed) return;
  try {
    await chmod(path, (mode & 0o7777) | needed);
  } catch (error) {
    // Somebody else's.
    if (!hasErrorCode(error, 'EPERM', 'ENOENT', 'EACCES')) throw error;
  }
}

const closed = /Permission denied|could not open directory/;

/** Whether git's output says that this user cannot read or change a part of the worktree; git may continue without it. */
export function saysClosed(stderr: string): boolean {
  return process.geteuid?.() !== 0 && closed.test(stderr);
}
