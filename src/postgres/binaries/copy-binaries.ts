// Copies PostgreSQL's programs completely or not at all, readable by every account.

import { constants } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../stdx/files/durable-files.ts';
import { copyPassing } from '../../stdx/files/passing-files.ts';
import { recreateLinks } from './binary-links.ts';

const copied = ['bin', 'lib', 'share'];

export async function copyBinaries(
  native: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const draft = `${target}.unfinished`;
  try {
    await makeReadableDirectory(draft);
    await copyPassing(join(native, 'pg-symlinks.json'), join(draft, 'pg-symlinks.json'));
    for (const name of copied) await copyTree(join(native, name), join(draft, name), signal);
    await recreateLinks(draft);
    await publish(draft, target, signal);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw cause;
  }
}

async function copyTree(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  await makeReadableDirectory(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    signal?.throwIfAborted();
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target, signal);
    // Links are created from the list; static libraries are only for compilers.
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await copyPassing(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, 0o755);
    }
  }
}

/** Sets the mode regardless of the umask. */
async function makeReadableDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}
