// Files in /etc that other users of the machine cannot read: a session of root must not see them either (R-SEC-5).

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';

const depthMax = 6;
const readableByOthers = 0o004;
const openToOthers = 0o005;

let known: readonly { path: string; isFolder: boolean }[] | undefined;

/** Searched once per process; for an ordinary user the kernel protects them. */
export function closedSystemFiles(): readonly { path: string; isFolder: boolean }[] {
  known ??= process.geteuid?.() === 0 ? [...closedBelow('/etc', 0)] : [];
  return known;
}

function* closedBelow(folder: string, depth: number): Generator<{ path: string; isFolder: boolean }> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const entry = statOf(path);
    if (entry?.isDirectory()) {
      if ((entry.mode & openToOthers) !== openToOthers) yield { path, isFolder: true };
      else if (depth < depthMax) yield* closedBelow(path, depth + 1);
    } else if (entry?.isFile() && (entry.mode & readableByOthers) === 0) yield { path, isFolder: false };
  }
}

function statOf(path: string) {
  try {
    return lstatSync(path);
  } catch (error) {
    // The file was deleted in the meantime.
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
