// Files in /etc that this user can read and other users of the machine cannot, such as the keys of a forge's App: a
// session, which runs as the same user, must not see them (R-SEC-5).

import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { hasErrorCode } from '../../stdx/system-error.ts';

export interface ClosedFile {
  path: string;
  isFolder: boolean;
}

const roots = ['/etc', '/usr/local/etc'];
const depthMax = 6;
const readableByOthers = 0o004;
const openToOthers = 0o005;

/** Searched again for each session, because a person may add a file while Moose runs. It takes a few milliseconds. */
export function closedSystemFiles(): ClosedFile[] {
  const found: ClosedFile[] = [];
  for (const root of roots) {
    // Followed, if it is a link: its names are those of the folder behind it, and so are the times.
    const its = statSync(root, { throwIfNoEntry: false });
    if (its) addClosed(root, its, 0, found);
  }
  return found;
}

function addClosed(folder: string, its: Stats, depth: number, found: ClosedFile[]): void {
  for (const { path, isFolder } of namesIn(folder, its)) {
    const stats = statsOf(path);
    if (!stats) continue;
    const open = isFolder ? openToOthers : readableByOthers;
    if ((stats.mode & open) !== open) {
      if (isOpenToUs(path, isFolder ? constants.X_OK : constants.R_OK)) found.push({ path, isFolder });
    } else if (isFolder && depth < depthMax) addClosed(path, stats, depth + 1, found);
  }
}

/** What was read of each folder, and the state in which the folder was. */
const known = new Map<string, { state: string; names: ClosedFile[] }>();
/** The times of files stand still for longer than this on no file system that holds a machine's settings. */
const settledAfterMs = 5_000;
/** Far more than a machine's settings have. */
const knownMax = 10_000;

/** The files and folders in a folder, which is read again if a name in it may have changed. */
function namesIn(folder: string, { dev, ino, mtimeMs, ctimeMs }: Stats): readonly ClosedFile[] {
  const state = [dev, ino, mtimeMs, ctimeMs].join(' ');
  const before = known.get(folder);
  if (before?.state === state) return before.names;
  const names = entriesOf(folder).flatMap((entry) =>
    entry.isDirectory() || entry.isFile()
      ? [{ path: `${folder}/${entry.name}`, isFolder: entry.isDirectory() }]
      : [],
  );
  if (known.size >= knownMax) known.clear();
  if (Math.abs(Date.now() - ctimeMs) > settledAfterMs) known.set(folder, { state, names });
  return names;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // Deleted meanwhile, or a folder that does not exist here, or that only its names can be used of.
    if (hasErrorCode(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** The kernel closes the others to a session too. */
function isOpenToUs(path: string, right: number): boolean {
  try {
    accessSync(path, right);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EACCES', 'EPERM', 'ENOENT')) return false;
    throw error;
  }
}
