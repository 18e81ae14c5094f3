// Looks through a folder without git, which says nothing of some files: of those in a `.git` folder, in the folder of a
// submodule that is not filled, and of those whose path is too long.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { PathBytes } from '../commit/path-bytes.ts';

/** More than any project has; what is left then counts as too deep. */
const foldersMax = 1_000_000;

export interface Walked {
  /** Files and links. */
  files: PathBytes[];
  /** Each `.git`; what is beside it is not looked at. */
  gitDirs: PathBytes[];
  /** Folders that cannot be opened by their path. */
  tooDeep: PathBytes[];
}

/** Paths are relative to `root`. Follows no links. @throws EACCES for a folder that is closed */
export async function walkTree(
  root: string,
  isSkipped: (path: PathBytes, name: string) => boolean,
): Promise<Walked> {
  const walked: Walked = { files: [], gitDirs: [], tooDeep: [] };
  const folders: PathBytes[] = [''];
  let opened = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    opened += 1;
    const entries = opened > foldersMax ? null : await entriesOf(root, folder);
    if (entries === null) {
      walked.tooDeep.push(folder);
      continue;
    }
    const within = folder === '' ? '' : `${folder}/`;
    const found = entries
      .map((entry) => ({ entry, path: within + entry.name }))
      .filter(({ entry, path }) => !isSkipped(path, entry.name));
    const git = found.find(({ entry }) => entry.name === '.git');
    if (git) {
      walked.gitDirs.push(git.path);
      continue;
    }
    for (const { entry, path } of found) {
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) walked.files.push(path);
    }
  }
  return walked;
}

/** Null if its path is too long. */
async function entriesOf(root: string, folder: PathBytes) {
  try {
    return await readdir(bytesIn(root, folder), { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (hasErrorCode(error, 'ENAMETOOLONG')) return null;
    // A service that still runs has just removed it.
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

export function bytesIn(root: string, path: PathBytes): Buffer {
  return Buffer.concat([Buffer.from(join(root, '/')), Buffer.from(path, 'latin1')]);
}
