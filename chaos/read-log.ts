import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '../src/stdx/system-error.ts';

/** The log of a Moose; empty if it has written none. */
export async function readLog(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}
