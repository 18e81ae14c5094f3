import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

/**
 * Writes a small file into a folder that a session can write to: complete or not at all. Replaces whatever is at the
 * path, and follows no link.
 */
export async function putFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    try {
      await rename(draft, path);
    } catch (error) {
      if (!hasErrorCode(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
      await removeTree(path);
      await rename(draft, path);
    }
  } finally {
    await rm(draft, { force: true });
  }
}
