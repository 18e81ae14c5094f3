/** What the search for checks may see of a project. Paths are relative to its root, with forward slashes. */
export interface ProjectFiles {
  /** The text of a file; null if there is none, or if it is too long or not a regular file. */
  read(path: string): string | null;
  /** The names in a folder (`''` is the root), files and folders; empty if there is no such folder. */
  list(folder: string): readonly string[];
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
