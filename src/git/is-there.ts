import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { hasErrorCode } from '../stdx/system-error.ts';

/** What git keeps in small files of one line or a few; an agent can put anything in their place. */
const bytesMax = 1024 * 1024;

/** There is nothing of that name, or there can be none: names are read from files that an agent can write. */
const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];
const notAFile = [...absent, 'EISDIR', 'ELOOP'];

/** The text of a small file; null when there is none, or something else in its place: a pipe would be read for ever. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= bytesMax ? await readFile(path, 'utf8') : null;
  } catch (error) {
    if (hasErrorCode(error, ...notAFile)) return null;
    throw error;
  }
}

/** True for a dangling symbolic link too. */
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
