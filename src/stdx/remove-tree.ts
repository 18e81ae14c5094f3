import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from './system-error.ts';

/**
 * Like `rm -rf`, but also removes read-only folders, such as Go's module cache, if this user owns them. Does not follow
 * links.
 * @throws as `rm` and `chmod`
 */
export async function removeTree(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(path, options);
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES', 'EPERM')) throw error;
    await openFolders(path);
    await rm(path, options);
  }
}

/** `rm` stops at its first error, but deletions that it has started continue, so a folder may disappear at any time. */
async function openFolders(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isDirectory()) return;
    await chmod(path, 0o700);
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) await openFolders(join(path, entry.name));
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}
