// Files in /etc that this user can read and other users of the machine cannot, such as the keys of a forge's App: a
// session, which runs as the same user, must not see them (R-SEC-5).

import { accessSync, constants, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
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
  return roots.flatMap((root) => [...closedBelow(root, 0)]);
}

function* closedBelow(folder: string, depth: number): Generator<ClosedFile> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const mode = modeOf(path);
      if (mode === null) continue;
      if ((mode & openToOthers) === openToOthers) {
        if (depth < depthMax) yield* closedBelow(path, depth + 1);
      } else if (isOpenToUs(path, constants.X_OK)) yield { path, isFolder: true };
    } else if (entry.isFile()) {
      const mode = modeOf(path);
      if (mode !== null && (mode & readableByOthers) === 0 && isOpenToUs(path, constants.R_OK))
        yield { path, isFolder: false };
    }
  }
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

function modeOf(path: string): number | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.mode ?? null;
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
