// Copies an entry of the cache into a worktree: first to a folder beside it, where it is checked, and then by renaming.
// It is a copy (with shared blocks if the file system can), because an agent writes in place and a hard link would
// change the entry. Where sessions can see the entry below the worktree, only files that contain a path are copied.
import { chmod, lstat, mkdir, readFile, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shortId } from '../../../domain/ids.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { areIgnored } from '../../../git/worktree/ignored-files.ts';
import { renamePassing, writePassing } from '../../../stdx/files/passing-files.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import type { Work } from '../../run/work.ts';
import { homePathOf } from '../sessions/session-files.ts';
import { entryPath, type Mark, markFile, readMark, setAside, stores } from './entry.ts';
import { isFolderBelow, isWayFree, isWayOpen, makeWay } from './folders.ts';
import { canShowStores, forgetStores, rememberStores, shownStores } from './home-layer.ts';
import { fitsBelow, rememberLayer } from './layer.ts';
import type { Preparation } from './preparation.ts';
import { emptyIgnored, putFiles } from './put-files.ts';
import { copyTree, measure } from './tree-tools.ts';

type Moves = ReadonlyArray<readonly [from: string, to: string]>;

/** `overlay`: sessions see it below the worktree. */
export type Given = 'copy' | 'overlay';

/** Null if there is no entry, or if it does not fit this worktree: then its setup must run. */
export async function giveEntry(
  work: Work,
  { key, copied, isAlone }: Pick<Preparation, 'key' | 'copied' | 'isAlone'>,
  worktreePath: string,
): Promise<Given | null> {
  const { settings, order, signal } = work;
  const path = entryPath(work, key);
  const mark = settings.preparedGbMax === 0 ? null : await readMark(path);
  if (mark === null || !(await areIgnored(worktreePath, mark.tops, { signal }))) return null;
  const beside = join(settings.dataDirectory, 'homes', shortId(order.id), 'taken');
  const homePath = homePathOf(work, 'checks');
  // A run that judges sees its own home in that place, over the stores that the home of all checks is over.
  const { checksHome = homePath } = work;
  const isOwnHome = checksHome !== homePath;
  try {
    // Marks the entry as just used: `prune-job.ts` leaves it alone for as long as a copy may take.
    const now = new Date();
    await utimes(join(path, markFile), now, now);
    await removeTree(beside);
    await mkdir(beside, { recursive: true, mode: 0o700 });
    const below = { entry: join(path, 'files'), tops: mark.tops };
    const isOver = isAlone && (await fitsBelow(work, worktreePath, below));
    const homeEntry = join(path, 'home');
    const isHomeOver = isOwnHome
      ? (await shownStores(work)) === homeEntry
      : isAlone && mark.stores.length > 0 && (await canShowStores(work, homeEntry));
    const moves: Moves = [
      [mark.worktreePath, worktreePath],
      [mark.homePath, homePath],
    ];
    const isTaken =
      (await takePart(path, 'files', { beside, mark, moves, signal, onlyPlaced: isOver })) &&
      (await takePart(path, 'home', { beside, mark, moves, signal, onlyPlaced: isHomeOver }));
    if (!isTaken) {
      await setAside(path);
      return null;
    }
    await emptyIgnored(work, worktreePath);
    work.reached('preparing:taken', work.run.id);
    if (isOver) await rememberLayer(work, worktreePath, mark.tops);
    // A change may have added a file there: sessions would see that file and not what the setup made.
    if (isOver && !(await areFree(worktreePath, mark.tops))) return null;
    const withWorkSlots = isOver ? mark.files.placed : mark.tops;
    if (!(await putAll(join(beside, 'files'), withWorkSlots, worktreePath))) return null;
    await mkdir(checksHome, { recursive: true, mode: 0o700 });
    if (!isOwnHome && isHomeOver) await rememberStores(work, { entry: homeEntry, worktreePath });
    if (!isOwnHome && !isHomeOver) await forgetStores(work);
    const inHome = isHomeOver ? mark.home.placed : mark.stores;
    if (!(await putMissing(join(beside, 'home'), inHome, checksHome))) return null;
    await putFiles(work, worktreePath, copied);
    return isOver ? 'overlay' : 'copy';
  } catch (cause) {
    // Another work order has found it damaged meanwhile, and set it aside.
    if (!(await isThere(path))) return null;
    throw cause;
  } finally {
    await removeTree(beside);
  }
}

async function areFree(root: string, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (!(await isWayFree(root, path))) return false;
  return true;
}

interface Taking {
  beside: string;
  mark: Mark;
  moves: Moves;
  signal: AbortSignal;
  /** Only the files that contain the path where they were made. */
  onlyPlaced: boolean;
}

/** False: the entry is damaged. */
async function takePart(
  path: string,
  part: 'files' | 'home',
  { beside, mark, moves, signal, onlyPlaced }: Taking,
): Promise<boolean> {
  const to = join(beside, part);
  if (onlyPlaced) {
    if (!(await isWholeTogether(join(path, part), mark[part]))) return false;
    for (const placed of mark[part].placed) {
      await mkdir(dirname(join(to, placed)), { recursive: true });
      await copyTree(join(path, part, placed), join(to, placed), signal);
    }
  } else {
    await copyTree(join(path, part), to, signal);
    if (!(await isWhole(to, mark[part]))) return false;
  }
  for (const placed of mark[part].placed) await moveIn(join(to, placed), moves);
  return true;
}

const looking = new Map<string, Promise<boolean>>();

/** Several worktrees that take the same entry at once share one check of it. */
function isWholeTogether(path: string, size: Mark['files']): Promise<boolean> {
  const known = looking.get(path) ?? isWhole(path, size).finally(() => looking.delete(path));
  looking.set(path, known);
  return known;
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
  await writePassing(path, replaced(text, bytesOf(moves)), 'latin1');
  await chmod(path, found.mode & 0o7777);
  await utimes(path, found.atime, found.mtime);
}

/** Any byte survives a conversion to latin1 and back. */
const bytesOf = (moves: Moves): Moves =>
  moves.map(([from, to]) => [Buffer.from(from).toString('latin1'), Buffer.from(to).toString('latin1')]);

function replaced(text: string, moves: Moves): string {
  return moves.reduce((so, [from, to]) => so.replaceAll(from, () => to), text);
}

/**
 * Copies what the setup put into the home of checks to the agent's own home.
 * @param isNew the setup has run again since, so an older copy is replaced
 */
export async function shareStores(work: Work, homePath: string, isNew: boolean): Promise<void> {
  const { settings, order, signal } = work;
  const from = homePathOf(work, 'checks');
  const beside = join(settings.dataDirectory, 'homes', shortId(order.id), 'shared');
  try {
    await removeTree(beside);
    for (const store of stores) {
      const to = join(homePath, store);
      if (!(await isFolderBelow(from, store)) || (!isNew && (await isThere(to)))) continue;
      await mkdir(join(beside, dirname(store)), { recursive: true, mode: 0o700 });
      await copyTree(join(from, store), join(beside, store), signal);
      await mkdir(homePath, { recursive: true, mode: 0o700 });
      if (!(await makeWay(homePath, dirname(store)))) continue;
      if (await isThere(to)) await renamePassing(to, join(beside, 'old'));
      await renamePassing(join(beside, store), to);
      await removeTree(join(beside, 'old'));
    }
  } finally {
    await removeTree(beside);
  }
}

/** Keeps existing paths: an earlier step of the work order put them there. */
async function putMissing(from: string, paths: readonly string[], homePath: string): Promise<boolean> {
  for (const path of paths) {
    if ((await isWayOpen(homePath, dirname(path))) && (await isThere(join(homePath, path)))) continue;
    if (!(await putAll(from, [path], homePath))) return false;
  }
  return true;
}

/** False if something is in the way: a change may have put a link where the base has a folder. */
async function putAll(from: string, paths: readonly string[], to: string): Promise<boolean> {
  for (const path of paths) {
    if (!(await makeWay(to, dirname(path))) || (await isThere(join(to, path)))) return false;
    await renamePassing(join(from, path), join(to, path));
  }
  return true;
}
