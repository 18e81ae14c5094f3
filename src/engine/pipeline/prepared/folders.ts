// Walks through folders that programs could write to: nothing behind a symbolic link is read or written.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lstatIfThere } from '../../../git/is-there.ts';

/** Whether the path is a folder, and no part of it is a link. */
export async function isFolderBelow(root: string, path: string): Promise<boolean> {
  let at = root;
  for (const name of path.split('/')) {
    at = join(at, name);
    if (!(await lstatIfThere(at))?.isDirectory()) return false;
  }
  return true;
}

/** False if something other than a folder is in the way. */
export async function makeWay(root: string, folder: string): Promise<boolean> {
  if (folder === '.') return true;
  let at = root;
  for (const name of folder.split('/')) {
    at = join(at, name);
    const found = await lstatIfThere(at);
    if (found === null) await mkdir(at);
    else if (!found.isDirectory()) return false;
  }
  return true;
}
