// Copies an entry of the cache into a worktree: first to a folder beside it, where it is checked, and then by renaming.
// It is a copy (with shared blocks if the file system can), because an agent writes in place and a hard link would
// change the entry.
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shortId } from '../../../domain/ids.ts';
import { areIgnored } from '../../../git/ignored-files.ts';
import { isThere } from '../../../git/is-there.ts';
import { removeIgnored } from '../../../git/working-files.ts';
import { removeTree } from '../../../stdx/remove-tree.ts';
import type { Work } from '../../run/work.ts';
import { homePathOf } from '../session-files.ts';
import { dropEntry, entryPath, type Mark, markFile, readMark, stores } from './entry.ts';
import { isFolderBelow, makeWay } from './folders.ts';
import { copyTree, measure } from './tree-tools.ts';

type Moves = ReadonlyArray<readonly [from: string, to: string]>;

/** False if there is no entry, or if it does not fit this worktree: then its setup must run. */
export async function giveEntry(work: Work, key: string, worktreePath: string): Promise<boolean> {
  const { settings, order, signal } = work;
  const path = entryPath(work, key);
  const mark = settings.preparedGbMax === 0 ? null : await readMark(path);
  if (mark === null || !(await areIgnored(worktreePath, mark.tops, { signal }))) return false;
  const beside = join(settings.dataDirectory, 'homes', shortId(order.id), 'taken');
  const homePath = homePathOf(work, 'checks');
  const moves: Moves = [
    [mark.worktreePath, worktreePath],
    [mark.homePath, homePath],
  ];
  try {
    // Marks the entry as just used: `prune-job.ts` leaves it alone for as long as a copy may take.
    const now = new Date();
    await utimes(join(path, markFile), now, now);
    await removeTree(beside);
    await mkdir(beside, { recursive: true, mode: 0o700 });
    for (const part of ['files', 'home'] as const) {
      await copyTree(join(path, part), join(beside, part), signal);
      if (!(await isWhole(join(beside, part), mark[part]))) {
        await dropEntry(path);
        return false;
      }
      for (const placed of mark[part].placed) await moveIn(join(beside, part, placed), moves);
    }
    await removeIgnored(worktreePath, { signal });
    work.reached('preparing:taken', work.run.id);
    if (!(await putAll(join(beside, 'files'), mark.tops, worktreePath))) return false;
    await mkdir(homePath, { recursive: true, mode: 0o700 });
    await putAll(join(beside, 'home'), mark.stores, homePath);
    return true;
  } finally {
    await removeTree(beside);
  }
}

async function isWhole(path: string, { files, bytes }: Mark['files']): Promise<boolean> {
  const found = await measure(path, { filesMax: files, bytesMax: bytes }).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'PREPARED_TOO_LARGE') return null;
    throw cause;
  });
  return found?.files === files && found.bytes === bytes;
}

/**
 * Replaces absolute paths in text files and links, such as the first lines of a virtual environment's scripts, as conda
 * does for the prefix of its packages
 * (https://docs.conda.io/projects/conda-build/en/stable/resources/make-relocatable.html).
 */
async function moveIn(path: string, moves: Moves): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) {
    const target = await readlink(path);
    await rm(path);
    await symlink(replaced(target, moves), path);
    return;
  }
  const text = await readFile(path, 'latin1');
  await chmod(path, 0o600);
  await writeFile(path, replaced(text, bytesOf(moves)), 'latin1');
  await chmod(path, found.mode & 0o7777);
  await utimes(path, found.atime, found.mtime);
}

/** Any byte survives a conversion to latin1 and back. */
const bytesOf = (moves: Moves): Moves =>
  moves.map(([from, to]) => [Buffer.from(from).toString('latin1'), Buffer.from(to).toString('latin1')]);

function replaced(text: string, moves: Moves): string {
  return moves.reduce((so, [from, to]) => so.replaceAll(from, () => to), text);
}

/** Copies what the setup put into the home of checks to the agent's own home. */
export async function shareStores(work: Work, homePath: string): Promise<void> {
  const from = homePathOf(work, 'checks');
  for (const store of stores) {
    if (!(await isFolderBelow(from, store))) continue;
    await mkdir(homePath, { recursive: true, mode: 0o700 });
    if (!(await makeWay(homePath, dirname(store))) || (await isThere(join(homePath, store)))) continue;
    await copyTree(join(from, store), join(homePath, store), work.signal);
  }
}

/** False if something is in the way: a change may have put a link where the base has a folder. */
async function putAll(from: string, paths: readonly string[], to: string): Promise<boolean> {
  for (const path of paths) {
    if (!(await makeWay(to, dirname(path))) || (await isThere(join(to, path)))) return false;
    await rename(join(from, path), join(to, path));
  }
  return true;
}
