// A disk of its own for the worktrees, so that it can be filled without harming anybody.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sizeBytes = 64 * 1024 * 1024;

export interface SmallDisk {
  path: string;
  unmount(): Promise<void>;
}

/** Null if this user may not mount: then no disk is filled. */
export async function mountSmallDisk(path: string): Promise<SmallDisk | null> {
  await mkdir(path, { recursive: true, mode: 0o711 });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=711`, 'moose-chaos', path]);
  } catch {
    return null;
  }
  // A process that still has a file there keeps it alive until its end; the path is free at once.
  return { path, unmount: async () => void (await run('umount', ['--lazy', path])) };
}
