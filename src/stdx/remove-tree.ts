import { randomUUID } from 'node:crypto';
import { chmod, lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from './system-error.ts';

/** The kernel refuses a path of 4,096 bytes; this leaves room for names below it. */
const pathBytesMax = 2_048;

/**
 * Like `rm -rf`, but also removes read-only folders, such as Go's module cache, if this user owns them, and folders that
 * are nested so deeply that the kernel refuses their paths. Does not follow links.
 * @throws as `rm`, `chmod` and `rename`
 */
export async function removeTree(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(path, options);
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES', 'EPERM', 'ENAMETOOLONG')) throw error;
    await openFolders(path);
    await rm(path, options);
  }
}

/** Makes every folder writable, and moves one with a long path up to the root. */
async function openFolders(root: string): Promise<void> {
  const paths = [root];
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    // `rm` stops at its first error, but deletions that it has started continue: a folder may disappear at any time.
    try {
      if (!(await lstat(path)).isDirectory()) continue;
      await chmod(path, 0o700);
      for (const entry of await readdir(path, { withFileTypes: true }))
        if (entry.isDirectory()) paths.push(await shortened(join(path, entry.name), root));
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
}

async function shortened(path: string, root: string): Promise<string> {
  if (Buffer.byteLength(path) <= pathBytesMax) return path;
  const up = join(root, randomUUID());
  await rename(path, up);
  return up;
}
