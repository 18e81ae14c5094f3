// Looks at small files without a wait: hundreds of them take a few milliseconds, and asynchronously a hundred
// times as long. No call can block, whatever an agent has put in place of the file.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from 'node:fs';
import { hasErrorCode } from '../../stdx/system-error.ts';

/** The names in a folder; empty if it does not exist, or a session has closed it. */
export function namesNow(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}

/** The kind of the file itself, without following a link; null if it cannot be determined. */
export function glanceAt(path: string | Buffer): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** The text of a file up to this size; null if there is no file, or something else is there. */
export function readNow(path: string, bytesMax: number): string | null {
  let file: number | null = null;
  try {
    // Without O_NONBLOCK, the opening of a pipe waits for its other end.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const found = fstatSync(file);
    if (!found.isFile() || found.size > bytesMax) return null;
    const bytes = Buffer.alloc(found.size);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, found.size, 0));
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
