import { readdir } from 'node:fs/promises';
import { hasErrorCode } from '../system-error.ts';

/**
 * The names in a folder, in no particular order; empty if the folder does not exist.
 * @throws as `readdir`
 */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
