import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { chmod, lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../system-error.ts';
import { type HeldFolder, holdFolder } from './held-folder.ts';

/** S_ISUID and S_ISGID. */
const rightsOfOwner = 0o6000;
const modeBits = 0o7777;
/** O_PATH of open(2): names a file without opening it. */
const onlyNamed = 0o10_000_000;
/** Each level holds one file descriptor. What is deeper is closed to other users instead. */
const depthMax = 128;
const filesAtOnce = 64;

/**
 * Takes from all files below a folder the modes by which whoever starts them gets the rights of their owner or group.
 * Follows no link, and changes no file that also has a name elsewhere: that name below the folder is removed. Whoever
 * writes there meanwhile can leave such files behind, but cannot lead this elsewhere.
 * @returns how many there were
 * @throws as `readdir`, `chmod` and `unlink`
 */
export async function clearRights(path: string): Promise<number> {
  const folder = holdFolder(path);
  if (folder === null) return 0;
  try {
    return await clearIn(folder, 1);
  } finally {
    folder.close();
  }
}

async function clearIn(folder: HeldFolder, depth: number): Promise<number> {
  if (depth > depthMax) {
    await chmod(folder.path, 0o700);
    return 0;
  }
  const entries = await readdir(folder.path, { withFileTypes: true }).catch(async (error: unknown) => {
    // Its owner may have closed it to itself.
    if (!hasErrorCode(error, 'EACCES')) throw error;
    await chmod(folder.path, (folder.stat().mode & modeBits) | 0o700);
    return readdir(folder.path, { withFileTypes: true });
  });
  let cleared = 0;
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder.path, name));
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const counts = await Promise.all(files.slice(at, at + filesAtOnce).map(clearFile));
    cleared += counts.filter(Boolean).length;
  }
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const inner = holdFolder(join(folder.path, name));
    if (inner === null) continue;
    try {
      cleared += await clearIn(inner, depth + 1);
    } finally {
      inner.close();
    }
  }
  return cleared;
}

async function clearFile(path: string): Promise<boolean> {
  try {
    if (((await lstat(path)).mode & rightsOfOwner) === 0) return false;
    const file = openSync(path, onlyNamed | constants.O_NOFOLLOW);
    try {
      const found = fstatSync(file);
      if (!found.isFile()) return false;
      if (found.nlink > 1) await unlink(path);
      else await chmod(`/proc/self/fd/${file}`, found.mode & modeBits & ~rightsOfOwner);
      return true;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
