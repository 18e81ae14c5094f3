// Joins the small packs of a mirror, with every object in them, reachable or not, and removes loose copies of them.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { reportGitFault } from '../run/git-repetition.ts';
import { lstatIfThere } from '../run/is-there.ts';
import { runGit } from '../run/run-git.ts';

/** git slows down with more packs; each fetch may add one. */
const smallPacksMax = 50;
const smallBytesMax = 100 * 1024 ** 2;
const joinMs = 10 * 60_000;
/** The index is removed first: without it, no git starts to read the pack. */
const extensions = ['idx', 'rev', 'pack'];

/** A file with one of these extensions belongs to its pack alone, and would be lost with it. */
const apart = ['keep', 'bitmap', 'mtimes', 'promisor'];

/** The repositories whose packs this process is joining. */
const joining = new Set<string>();

/** `path` is git's own directory. A failure is only recorded, because work does not depend on this. */
export async function joinPacks(path: string, { signal }: GitCall = {}): Promise<void> {
  if (joining.has(path)) return;
  joining.add(path);
  try {
    await withFileFailures('join packs', signal, () => joinSmall(path, signal));
  } catch (error) {
    signal?.throwIfAborted();
    if (!isMooseError(error)) throw error;
    reportGitFault(error).resolved(false);
  } finally {
    joining.delete(path);
  }
}

async function joinSmall(path: string, signal: AbortSignal | undefined): Promise<void> {
  const folder = join(path, 'objects', 'pack');
  const small = await smallPacksIn(folder);
  if (small.length <= smallPacksMax) return;
  const { stdout } = await runGit(
    path,
    ['-c', 'pack.packSizeLimit=0', 'pack-objects', '--quiet', '--stdin-packs', join(folder, 'pack')],
    { signal, timeoutMs: joinMs, input: small.map((name) => `${name}.pack\n`).join('') },
  );
  const joined = `pack-${stdout.trim()}`;
  if ((await lstatIfThere(join(folder, `${joined}.idx`))) === null) return;
  for (const name of small) {
    if (name === joined) continue;
    for (const extension of extensions) await rm(join(folder, `${name}.${extension}`), { force: true });
  }
  // What is in the pack now is needed nowhere else.
  await runGit(path, ['prune-packed', '--quiet'], { signal, timeoutMs: joinMs });
}

/** None if an index of several packs names them: git may still use it after they have gone. */
async function smallPacksIn(folder: string): Promise<string[]> {
  const files = new Set(await readdir(folder));
  if (files.has('multi-pack-index') || files.has('multi-pack-index.d')) return [];
  const small: string[] = [];
  for (const file of files) {
    const name = file.replace(/\.pack$/, '');
    if (name === file || apart.some((extension) => files.has(`${name}.${extension}`))) continue;
    const found = await lstatIfThere(join(folder, file));
    if (found && found.size <= smallBytesMax) small.push(name);
  }
  return small;
}
