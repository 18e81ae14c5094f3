// Shows what a setup downloaded into the home, such as Cargo's registry, below the homes of a work order in its
// sessions, instead of copying it: their writes go to their home, and the cache entry stays unchanged.
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { shortId } from '../../../domain/ids.ts';
import { isThere, lstatIfThere } from '../../../git/run/is-there.ts';
import { isPlainPath, realPathOf } from '../../../sessions/isolation/mount-plan.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { Work } from '../../run/work.ts';
import { stores } from './entry.ts';
import { canLayer, entryGone } from './layer.ts';
import { notesFolder, removeNote } from './prepared-note.ts';
import { readRecord } from './read-record.ts';

const shape = z.object({
  /** The folder of the entry's stores. */
  entry: z.string(),
  /** The worktree for which it was prepared. */
  worktreePath: z.string(),
});
type Memo = z.infer<typeof shape>;

export const memoFile = 'stores.json';

const homesOf = ({ order, settings }: Pick<Work, 'order' | 'settings'>) =>
  join(notesFolder(settings.dataDirectory), shortId(order.id));

/** Whether sessions of this work order can see the stores of this entry below their homes. */
export async function canShowStores(work: Work, entry: string): Promise<boolean> {
  const homes = homesOf(work);
  const isPlain = [homes, entry].every((path) => isPlainPath(path) && realPathOf(path) === path);
  return isPlain && (await canLayer(work));
}

/** Call this before a session can see them. They replace those of another entry. */
export async function rememberStores(work: Work, memo: Memo): Promise<void> {
  const before = await memoOf(work);
  if (before !== null && before.entry !== memo.entry) await forgetStores(work);
  await replaceFile(join(homesOf(work), memoFile), JSON.stringify(memo));
}

/** Also removes what sessions have written there, because it is incomplete without the entry. */
export async function forgetStores(work: Work): Promise<void> {
  const homes = homesOf(work);
  if (!(await areShown(work))) return;
  for (const name of await namesIn(homes))
    for (const store of stores) await removeStore(join(homes, name), store);
  await rm(join(homes, memoFile), { force: true });
}

/** Includes what the kernel has put in the place of deleted folders. */
async function removeStore(home: string, store: string): Promise<void> {
  let at = home;
  for (const name of store.split('/')) {
    at = join(at, name);
    const found = await lstatIfThere(at);
    if (found?.isCharacterDevice() && found.rdev === 0) await rm(at);
    if (!found?.isDirectory()) return;
  }
  await removeTree(at);
}

/** Whether this work order's homes depend on stores that only its sessions see. */
export function areShown(work: Work): Promise<boolean> {
  return isThere(join(homesOf(work), memoFile));
}

/** The entry whose stores sessions of this work order see below their homes; null if none. */
export async function shownStores(work: Work): Promise<string | null> {
  return (await memoOf(work))?.entry ?? null;
}

/** The stores that sessions see below this home. @throws TransientError `PREPARED_ENTRY_GONE` */
export async function storesFor(work: Work, homePath: string): Promise<string | undefined> {
  const memo = await memoOf(work);
  if (memo === null) return undefined;
  if ((await isThere(memo.entry)) && (await canLayer(work))) return memo.entry;
  // The worktree is prepared again.
  await forgetStores(work);
  await removeNote(work);
  throw entryGone(homePath, memo.entry);
}

function memoOf(work: Work): Promise<Memo | null> {
  return readRecord(join(homesOf(work), memoFile), shape);
}

/** The entry that the homes in this folder use, while its worktree exists. */
export async function entryOfHomes(homes: string): Promise<string | null> {
  const memo = await readRecord(join(homes, memoFile), shape);
  return memo && (await isThere(memo.worktreePath)) ? dirname(memo.entry) : null;
}
