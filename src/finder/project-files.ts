/** What the search for checks may see of a project. Paths are relative to its root, with forward slashes. */
export interface ProjectFiles {
  /** The text of a file; null if it does not exist, is too long, or is not a regular file. */
  read(path: string): string | null;
  /** The names of files and folders in a folder (`''` is the root); empty if the folder does not exist. */
  list(folder: string): readonly string[];
}

/** Limits for the search for test files: deep enough for `tests/unit/api`. */
const searchLimits = { depthMax: 4, namesMax: 5_000 } as const;

/** True if a file in the folder, or below it within the limits of the search, has a matching name. */
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
