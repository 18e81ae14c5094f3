import { replaceFile } from '../../stdx/files/durable-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

/**
 * Writes a small file into a folder that a session can write to: complete or not at all. Replaces whatever is at the
 * path, and follows no link.
 */
export async function putFile(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text, { mode: 0o666 });
  } catch (error) {
    if (!hasErrorCode(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
    await removeTree(path);
    await replaceFile(path, text, { mode: 0o666 });
  }
}
