// Moves something that belongs to nothing aside. Nothing is deleted: a person can move it back.
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lstatIfThere } from '../../git/run/is-there.ts';
import { moveDurably } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

/** The prefix of the moved item's name, so that a listing of the folder shows what each item is. */
export type SetAsideKind = 'worktree' | 'session' | 'home' | 'mirror' | 'remote';

export async function setAside(
  dataDirectory: string,
  path: string,
  { kind, now }: { kind: SetAsideKind; now: Date },
): Promise<void> {
  const folder = join(dataDirectory, 'set-aside');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = now
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 17);
  try {
    await moveDurably(path, join(folder, `${kind}-${basename(path)}-${stamp}`));
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
  }
}

/** Whether it exists and has not changed since then. */
export async function isOlderThan(path: string, before: Date): Promise<boolean> {
  const found = await lstatIfThere(path);
  return found !== null && found.mtime < before;
}
