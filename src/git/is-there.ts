import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { hasErrorCode } from '../stdx/system-error.ts';

/** The maximum size of git's state files, which have one or a few lines; an agent can replace them with anything. */
const bytesMax = 1024 * 1024;

/** The name does not exist, or cannot exist: names are read from files that an agent can write. */
const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];
const notAFile = [...absent, 'EISDIR', 'ELOOP'];

/** The text of a small file; null if it does not exist or is something else, because reading a pipe would never end. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= bytesMax ? await readFile(path, 'utf8') : null;
  } catch (error) {
    if (hasErrorCode(error, ...notAFile)) return null;
    throw error;
  }
}

/** Also true for a dangling symbolic link. */
export async function isThere(path: string): Promise<boolean> {
  return (await lstatIfThere(path)) !== null;
}

export async function lstatIfThere(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, ...absent)) return null;
    throw error;
  }
}
