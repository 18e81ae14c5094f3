import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { diskElsewhere, onDisk } from './on-disk.ts';

/** The maximum size of git's state files, which have one or a few lines; an agent can replace them with anything. */
const bytesMax = 1024 * 1024;

/** The name does not exist, or cannot exist: names are read from files that an agent can write. */
const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];
/** It is something else, or an agent has closed it. */
const notAFile = [...absent, 'EISDIR', 'ELOOP', 'ENXIO', 'EACCES'];

/** The text of a small file; null if it does not exist or is something else, because reading a pipe would never end. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return diskElsewhere(path) === null
      ? readHere(path)
      : await onDisk(path, () => readElsewhere(path), { operation: 'read' });
  } catch (error) {
    if (hasErrorCode(error, ...notAFile)) return null;
    throw error;
  }
}

/** At once: it takes a few microseconds, and in threads, which take turns for each part of it, a hundred times as long. */
function readHere(path: string): string | null {
  // Opening a device can do something, so only a file is opened; by then, a living agent may have put a pipe there.
  const seen = statSync(path, { throwIfNoEntry: false });
  if (!seen || !isSmallFile(seen)) return null;
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!isSmallFile(found)) return null;
    const bytes = Buffer.alloc(found.size);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, found.size, 0));
  } finally {
    closeSync(file);
  }
}

async function readElsewhere(path: string): Promise<string | null> {
  if (!isSmallFile(await stat(path))) return null;
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!isSmallFile(found)) return null;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(found.size), 0, found.size, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const isSmallFile = (found: Stats) => found.isFile() && found.size <= bytesMax;

/** Also true for a dangling symbolic link. */
export async function isThere(path: string): Promise<boolean> {
  return (await lstatIfThere(path)) !== null;
}

export async function lstatIfThere(path: string): Promise<Stats | null> {
  try {
    return diskElsewhere(path) === null
      ? (lstatSync(path, { throwIfNoEntry: false }) ?? null)
      : await onDisk(path, () => lstat(path), { operation: 'read' });
  } catch (error) {
    if (hasErrorCode(error, ...absent)) return null;
    throw error;
  }
}
