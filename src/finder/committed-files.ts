import type { ProjectFiles } from './project-files.ts';

/** A commit's files, for the search for checks. A change cannot alter the checks that judge it. */
export function committedFiles(
  paths: readonly string[],
  contents: ReadonlyMap<string, string>,
): ProjectFiles {
  let folders: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  return {
    read: (path) => contents.get(path) ?? null,
    list: (folder) => {
      folders ??= namesByFolder(paths);
      return [...(folders.get(folder) ?? [])].sort();
    },
  };
}

/** Walks once over all paths, because the search asks for hundreds of folders. */
function namesByFolder(paths: readonly string[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    let inner = path;
    for (;;) {
      const at = inner.lastIndexOf('/');
      const folder = at === -1 ? '' : inner.slice(0, at);
      const names = folders.get(folder) ?? new Set();
      folders.set(folder, names.add(inner.slice(at + 1)));
      if (at === -1) break;
      inner = folder;
    }
  }
  return folders;
}
