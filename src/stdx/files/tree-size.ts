import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../system-error.ts';

export interface TreeSize {
  bytes: number;
  /** The number of files that may still be counted. */
  left: number;
}

/**
 * The size of a file or folder, without following links. Stops when `left` is 0: then the size is a lower bound. Skips
 * files that are deleted meanwhile, cannot be read, or are nested too deeply.
 */
export async function treeSize(path: string, left: number): Promise<TreeSize> {
  try {
    const found = await lstat(path);
    const size: TreeSize = { bytes: found.isDirectory() ? 0 : found.size, left: left - 1 };
    if (!found.isDirectory()) return size;
    for await (const { name } of await opendir(path)) {
      if (size.left <= 0) break;
      const inner = await treeSize(join(path, name), size.left);
      size.bytes += inner.bytes;
      size.left = inner.left;
    }
    return size;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'EACCES', 'EPERM', 'ENAMETOOLONG')) return { bytes: 0, left };
    throw cause;
  }
}
