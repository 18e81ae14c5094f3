import type { ProjectFiles } from './project-files.ts';

/** A commit's files as the search for checks sees them. A change cannot alter the checks that judge it. */
export function committedFiles(
  paths: readonly string[],
  contents: ReadonlyMap<string, string>,
): ProjectFiles {
  return {
    read: (path) => contents.get(path) ?? null,
    list: (folder) => {
      const prefix = folder === '' ? '' : `${folder}/`;
      const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      return [...new Set(below.map((path) => path.split('/')[0] ?? ''))].sort();
    },
  };
}
