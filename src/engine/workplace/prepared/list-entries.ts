// Lists the entries of the cache on this machine, and their sizes.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere, lstatIfThere } from '../../../git/run/is-there.ts';
import { copyPassing, writePassing } from '../../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import { cachePath, markFile, readMark } from './entry.ts';

export interface ListedEntry {
  path: string;
  bytes: number;
  usedAt: Date;
  /** True if the entry has its mark file, which is written last. */
  isWhole: boolean;
}

/** False if this user may not look into the folder. */
export async function hasCache(dataDirectory: string): Promise<boolean> {
  try {
    return await isThere(cachePath(dataDirectory));
  } catch (cause) {
    if (hasErrorCode(cause, 'EACCES', 'EPERM')) return false;
    throw cause;
  }
}

export async function listEntries(dataDirectory: string): Promise<ListedEntry[]> {
  const root = cachePath(dataDirectory);
  const entries: ListedEntry[] = [];
  for (const project of await namesIn(root)) {
    for (const name of await namesIn(join(root, project))) {
      const entry = await listed(join(root, project, name), name);
      if (entry) entries.push(entry);
    }
  }
  return entries;
}

/** Null for an entry that was just renamed away. */
async function listed(path: string, name: string): Promise<ListedEntry | null> {
  const mark = name.startsWith('.') ? null : await readMark(path);
  const found = await lstatIfThere(mark === null ? path : join(path, markFile));
  if (found === null) return null;
  const bytes = mark === null ? 0 : mark.files.bytes + mark.home.bytes;
  return { path, bytes, usedAt: found.mtime, isWhole: mark !== null };
}

const gib = 1024 ** 3;
const diskShare = 0.1;

/** The setting, or a tenth of the disk, whichever is less. */
export async function bytesAllowed(dataDirectory: string, preparedGbMax: number): Promise<number> {
  const { bsize, blocks } = await statfs(dataDirectory);
  return Math.min(preparedGbMax * gib, bsize * blocks * diskShare);
}

/** Whether copies in this folder share the blocks of the original. */
export async function sharesBlocks(folder: string): Promise<boolean> {
  const [from, to] = [join(folder, `.probe-${randomUUID()}`), join(folder, `.probe-${randomUUID()}`)];
  try {
    await writePassing(from, 'x'.repeat(4_096));
    await copyPassing(from, to, constants.COPYFILE_FICLONE_FORCE);
    return (await lstat(to)).size > 0;
  } catch (cause) {
    if (
      hasErrorCode(cause, 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY', 'EACCES', 'EROFS')
    )
      return false;
    throw cause;
  } finally {
    await rm(from, { force: true });
    await rm(to, { force: true });
  }
}
