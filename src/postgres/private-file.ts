// Reads the launcher's small files: each is complete or absent.

import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '../stdx/system-error.ts';

/** `null` if the file does not exist. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}
