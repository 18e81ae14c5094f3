import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { hasErrorCode } from '../stdx/system-error.ts';

interface ReadOptions {
  /** A longer file is taken for something else. By default 64 KiB: longer than any file that is read without this. */
  bytesMax?: number;
  /** A link is taken for something else. */
  refusesLinks?: boolean;
}

/**
 * The text of a file; null if there is none, and empty if something else has its name. Never waits: where a session sees
 * its user's files, a program can put a pipe there.
 */
export function readSmallFile(
  path: string,
  { bytesMax = 64 * 1024, refusesLinks = false }: ReadOptions = {},
): string | null {
  const links = refusesLinks ? constants.O_NOFOLLOW : 0;
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | links);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    if (hasErrorCode(error, 'ELOOP', 'ENXIO')) return '';
    throw error;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > bytesMax) return '';
    const bytes = Buffer.alloc(found.size);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
