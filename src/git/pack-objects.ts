// Stores loose objects in a pack, each under the name that follows from its content. git itself does not compare them: it
// takes whatever the file of a loose object contains at that moment, and a session can replace it at any time (R-SEC-5).

import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../stdx/remove-tree.ts';
import { lstatIfThere } from './is-there.ts';
import { objectFormat } from './object-id.ts';
import { type GitCall, runGit } from './run-git.ts';

const draftPrefix = 'moose-packing-';
/** A draft older than this was left by a Moose that was killed. */
const leftAfterMs = 24 * 3_600_000;

/** Returns whether all of these objects are in a pack now; those that were replaced meanwhile are not. */
export async function packObjects(
  repositoryPath: string,
  packFolder: string,
  ids: readonly string[],
  { signal }: GitCall,
): Promise<boolean> {
  await clearLeftDrafts(packFolder);
  // Sessions can only read the folder of packs.
  const draft = await mkdtemp(join(packFolder, draftPrefix));
  try {
    const args = ['pack-objects', '--quiet', '--incremental', '--window=0', join(draft, 'pack')];
    await runGit(repositoryPath, args, { signal, input: `${ids.join('\n')}\n` });
    const format = objectFormat(ids[0] ?? '');
    let isAll = true;
    for (const name of (await readdir(draft)).filter((each) => each.endsWith('.pack')))
      isAll = (await haveTrueNames(join(draft, name.slice(0, -'.pack'.length)), format, { signal })) && isAll;
    const files = await readdir(draft);
    // Without its index, git does not use a pack, so the index comes last.
    const indexes = files.filter((file) => file.endsWith('.idx'));
    for (const file of [...files.filter((each) => !indexes.includes(each)), ...indexes])
      await rename(join(draft, file), join(packFolder, file));
    return isAll;
  } finally {
    await removeTree(draft);
  }
}

/**
 * Returns whether git stored each object under its true name; if not, the pack gets an index with the true names.
 * `pack`: the path without extension. `format`: git's option for it.
 */
async function haveTrueNames(pack: string, format: string, { signal }: GitCall): Promise<boolean> {
  const found = `${pack}.found`;
  const args = ['index-pack', format, '-o', found, `${pack}.pack`];
  // Outside of the repository: otherwise git compares the objects with the loose ones, which may change again.
  await runGit('/', args, { signal });
  const [given, actual] = await Promise.all([readFile(`${pack}.idx`), readFile(found)]);
  if (given.equals(actual)) {
    await rm(found);
    return true;
  }
  await rename(found, `${pack}.idx`);
  // It belongs to the index that git made first, and git does without it.
  await rm(`${pack}.rev`, { force: true });
  return false;
}

async function clearLeftDrafts(packFolder: string): Promise<void> {
  for (const name of await readdir(packFolder)) {
    if (!name.startsWith(draftPrefix)) continue;
    const found = await lstatIfThere(join(packFolder, name));
    if (found && Date.now() - found.mtimeMs > leftAfterMs) await removeTree(join(packFolder, name));
  }
}
