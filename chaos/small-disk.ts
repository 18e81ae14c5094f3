// A separate disk for the worktrees, which can be filled without harm to others.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sizeBytes = 64 * 1024 * 1024;

export interface SmallDisk {
  path: string;
  unmount(): Promise<void>;
}

/** Null if this user may not mount: then the scenario is skipped. */
export async function mountSmallDisk(path: string): Promise<SmallDisk | null> {
  await mkdir(path, { recursive: true, mode: 0o711 });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=711`, 'moose-chaos', path]);
  } catch {
    return null;
  }
  // A process with an open file keeps the disk alive until it ends; the path is free at once.
  return { path, unmount: async () => void (await run('umount', ['--lazy', path])) };
}
