// Refuses new files that no checkout on Windows or macOS can hold: one such name, and nobody there can clone the repository
// after the merge. A project whose base has such names has none of these users, and may add more.

import { splitNul } from '../read/revision.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGitBytes } from '../run/run-git.ts';
import type { ForbiddenChange } from './change-guard.ts';
import { shownPath } from './scratch-index.ts';

const absentMode = '000000';
/** Devices of Windows, with any ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|:|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a name may not hold them either
const forbiddenCharacter = /[\u0001-\u001f<>:"|?*\\]/;

/** Why Windows cannot hold a file of this path; null if it can. */
export function unportableName(path: string): string | null {
  for (const name of path.split('/')) {
    if (device.test(name))
      return `Windows keeps the name '${name}' for a device, so nobody can clone it there`;
    const character = forbiddenCharacter.exec(name)?.[0];
    if (character !== undefined)
      return `a name on Windows may not hold ${JSON.stringify(character)}, so nobody can clone it there`;
    if (/[. ]$/.test(name))
      return 'a name on Windows may not end with a dot or a space, so nobody can clone it there';
  }
  return null;
}

/** @param trees the commit before the change, null if there is none, and the tree with it */
export async function unportableAmong(
  worktreePath: string,
  { from, to }: { from: string | null; to: string },
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<ForbiddenChange[]> {
  const added = changes.filter(({ oldMode, newMode }) => oldMode === absentMode && newMode !== absentMode);
  if (added.length === 0) return [];
  const paths = await pathsOf(worktreePath, to, call);
  const twins = Map.groupBy(paths, foldedPath);
  const found = added.flatMap(({ path }) => {
    const twin = twins.get(foldedPath(path))?.find((other) => other !== path);
    const reason =
      unportableName(path) ??
      (twin === undefined
        ? null
        : `it differs from ${twin} only in case, and Windows and macOS have one file for both`);
    return reason === null ? [] : [{ path, reason }];
  });
  if (found.length === 0 || from === null) return found;
  return hasUnportable(await pathsOf(worktreePath, from, call)) ? [] : found;
}

function hasUnportable(paths: readonly string[]): boolean {
  return (
    new Set(paths.map(foldedPath)).size < paths.length || paths.some((path) => unportableName(path) !== null)
  );
}

/** As disks compare names that ignore case and take both forms of an accented letter for one. */
function foldedPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

async function pathsOf(worktreePath: string, revision: string, call: GitCall): Promise<string[]> {
  const list = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', revision];
  const { stdout } = await runGitBytes(worktreePath, list, call);
  return splitNul(stdout.toString('latin1')).map(shownPath);
}
