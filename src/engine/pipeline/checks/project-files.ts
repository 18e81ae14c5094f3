import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the search for checks may see of a project. Paths are relative to its root, with forward slashes. */
export interface ProjectFiles {
  /** The text of a file; null when there is none, or none that is worth reading. */
  read(path: string): string | null;
  /** The names in a folder (`''` is the root), files and folders alike; empty when there is no such folder. */
  list(folder: string): readonly string[];
}

/** Files that say how a project is checked are small; a larger one is treated as missing. */
const fileBytesMax = 1_000_000;

/** The files of a worktree on disk. */
export function worktreeFiles(rootPath: string): ProjectFiles {
  return {
    read: (path) => orMissing(null, () => readText(join(rootPath, path))),
    list: (folder) => orMissing([], () => readdirSync(join(rootPath, folder)).sort()),
  };
}

function readText(path: string): string | null {
  const entry = statSync(path);
  // Anything but a regular file could block for ever: a pipe, a device.
  if (!entry.isFile() || entry.size > fileBytesMax) return null;
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
}

/** What cannot be read (absent, forbidden, a loop of links) is missing: checks are found in what is there. */
function orMissing<T>(missing: T, look: () => T): T {
  try {
    return look();
  } catch {
    return missing;
  }
}

/** Folders of a search for test files: deep enough for `tests/unit/api`, bounded for everything else. */
const searchLimits = { depthMax: 4, namesMax: 5_000 } as const;

/** True when a file in the folder, or below it within the limits of a search, has such a name. */
export function hasFileNamed(files: ProjectFiles, folder: string, name: RegExp): boolean {
  let namesLeft: number = searchLimits.namesMax;
  const search = (path: string, depth: number): boolean => {
    const names = files.list(path).slice(0, namesLeft);
    namesLeft -= names.length;
    if (names.some((each) => name.test(each))) return true;
    if (depth === searchLimits.depthMax) return false;
    return names.some((each) => !each.includes('.') && search(`${path}/${each}`, depth + 1));
  };
  return search(folder, 1);
}
