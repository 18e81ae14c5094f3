// Joins the small packs of a repository that nobody else maintains, with every object in them, reachable or not. Loose
// objects are left out: a session may have planted them (see `guard-objects.ts`).

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMooseError } from '../domain/failure.ts';
import { tellGitFault } from './git-repetition.ts';
import { lstatIfThere } from './is-there.ts';
import { type GitCall, runGit } from './run-git.ts';

/** git slows down with more packs; each fetch and each session may add one. */
const smallPacksMax = 50;
const smallBytesMax = 100 * 1024 ** 2;
const joinMs = 10 * 60_000;
/** The index is removed first: without it, no git starts to read the pack. */
const extensions = ['idx', 'rev', 'pack'];

/** `path` is git's own directory. A failure is only recorded, because work does not depend on this. */
export async function joinPacks(path: string, { signal }: GitCall): Promise<void> {
  const folder = join(path, 'objects', 'pack');
  const small = await smallPacksIn(folder);
  if (small.length <= smallPacksMax) return;
  try {
    const { stdout } = await runGit(
      path,
      ['pack-objects', '--quiet', '--stdin-packs', join(folder, 'pack')],
      { signal, timeoutMs: joinMs, input: small.map((name) => `${name}.pack\n`).join('') },
    );
    const joined = `pack-${stdout.trim()}`;
    if ((await lstatIfThere(join(folder, `${joined}.idx`))) === null) return;
    for (const name of small.filter((each) => each !== joined))
      for (const extension of extensions) await rm(join(folder, `${name}.${extension}`), { force: true });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isMooseError(error)) throw error;
    tellGitFault(error).resolved(false);
  }
}

async function smallPacksIn(folder: string): Promise<string[]> {
  const files = new Set(await readdir(folder));
  const small: string[] = [];
  for (const file of files) {
    const name = file.replace(/\.pack$/, '');
    if (name === file || files.has(`${name}.keep`)) continue;
    const found = await lstatIfThere(join(folder, file));
    if (found && found.size <= smallBytesMax) small.push(name);
  }
  return small;
}
