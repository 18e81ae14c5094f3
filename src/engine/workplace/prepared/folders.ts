// Walks through folders that programs could write to, without reading or writing anything behind a symbolic link.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere, lstatIfThere } from '../../../git/run/is-there.ts';

/** Whether the path is a folder, and no part of it is a link. */
export async function isFolderBelow(root: string, path: string): Promise<boolean> {
  if (path === '.') return true;
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

/** Whether a file can be put there: the path is free, and its parents are only folders. */
export async function isWayFree(root: string, path: string): Promise<boolean> {
  return (await isWayOpen(root, dirname(path))) && !(await isThere(join(root, path)));
}

/** Whether the folder exists, or could be made. */
export async function isWayOpen(root: string, folder: string): Promise<boolean> {
  if (folder === '.') return true;
  let at = root;
  for (const name of folder.split('/')) {
    at = join(at, name);
    const found = await lstatIfThere(at);
    if (found === null) return true;
    if (!found.isDirectory()) return false;
  }
  return true;
}
