// A folder that stays the same one while its content is used. A session can replace a folder that it may write by a
// link at any time, and whoever uses the folder's path then works wherever the link leads.

import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { hasErrorCode } from '../system-error.ts';

export interface HeldFolder {
  /** Leads to this folder, whatever is at the folder's own path meanwhile. Valid until `close`. */
  path: string;
  /** The state of the folder itself. */
  stat(): Stats;
  /** Call this only when no operation on the path is running: another file may get the same descriptor. */
  close(): void;
}

/** O_PATH of open(2): names a file without opening it, so that the folder may be closed to this user. */
const onlyNamed = 0o10_000_000;
const descriptors = '/proc/self/fd';

let isPossible: boolean | undefined;

/**
 * Null if there is no folder at the path; a link to a folder does not count. Without Linux's /proc, the path is not
 * protected.
 */
export function holdFolder(path: string | Buffer): HeldFolder | null {
  isPossible ??= existsSync(descriptors) && process.platform === 'linux';
  try {
    if (!isPossible) return unprotected(path);
    const descriptor = openSync(path, onlyNamed | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    return {
      path: `${descriptors}/${descriptor}`,
      stat: () => fstatSync(descriptor),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}

function unprotected(path: string | Buffer): HeldFolder | null {
  if (!lstatSync(path).isDirectory()) return null;
  return { path: path.toString(), stat: () => lstatSync(path), close: () => undefined };
}
