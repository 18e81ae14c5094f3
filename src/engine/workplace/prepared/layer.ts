// Shows a cache entry below a worktree in its sessions, instead of copying it: their writes go to the worktree, and the
// entry stays unchanged. Outside of sessions, the worktree contains only what they have written.

import { lstat, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { TransientError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { isThere, lstatIfThere } from '../../../git/run/is-there.ts';
import { worktreeMark } from '../../../git/worktree/worktree-entry.ts';
import { isPlainPath } from '../../../sessions/isolation/mount-plan.ts';
import { probeOverlay } from '../../../sessions/isolation/probe-overlay.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { isWayOpen } from './folders.ts';
import { notesFolder, readLayer, removeNote } from './prepared-note.ts';
import { readRecord } from './read-record.ts';

type Here = Pick<Work, 'order' | 'settings'>;

/** Whether sessions on this machine can see one, with its current setup. */
export async function canLayer({ settings }: Pick<Work, 'settings'>): Promise<boolean> {
  return settings.isolation !== 'off' && (await probeOverlay(settings.dataDirectory)).isPossible;
}

/** Whether this entry can be shown there, in every session of the worktree. */
export async function fitsBelow(
  work: Work,
  worktreePath: string,
  { entry, tops }: { entry: string; tops: readonly string[] },
): Promise<boolean> {
  if (![worktreePath, entry].every(isPlainPath) || !(await canLayer(work))) return false;
  if ((await realpath(worktreePath)) !== worktreePath || (await realpath(entry)) !== entry) return false;
  if ((await lstat(worktreePath)).dev !== (await lstat(entry)).dev) return false;
  // If a session replaces a folder, the kernel shows nothing of the entry below it, and git does not ignore the folder.
  const before = await layersOf(work, worktreePath);
  if (before.some((top) => top.includes('/'))) return false;
  for (const top of tops) if (!(await isWayOpen(worktreePath, dirname(top)))) return false;
  return true;
}

const shape = z.object({
  /** Identifies the worktree: a worktree that is created again has none of these. */
  mark: z.string(),
  tops: z.array(z.string()),
});

function memoPath({ order, settings }: Here): string {
  return join(notesFolder(settings.dataDirectory), shortId(order.id), 'layers.json');
}

/** The paths that sessions of this worktree may have seen from an entry. */
async function layersOf(work: Here, worktreePath: string): Promise<string[]> {
  const read = await readRecord(memoPath(work), shape);
  return read && read.mark === (await worktreeMark(worktreePath)) ? read.tops : [];
}

/** Call this before a session can see them. */
export async function rememberLayer(
  work: Here,
  worktreePath: string,
  tops: readonly string[],
): Promise<void> {
  const mark = await worktreeMark(worktreePath);
  if (mark === null) return;
  const all = new Set([...(await layersOf(work, worktreePath)), ...tops]);
  const memo = { mark, tops: [...all] } satisfies z.infer<typeof shape>;
  await replaceFile(memoPath(work), JSON.stringify(memo));
}

/**
 * Removes the kernel's markers for deleted files: git does not see them, and so would not remove them. Markers inside
 * ignored folders are removed with the folders.
 */
export async function clearWhiteouts(work: Here, worktreePath: string): Promise<void> {
  for (const top of await layersOf(work, worktreePath)) {
    let at = worktreePath;
    for (const name of top.split('/')) {
      at = join(at, name);
      const found = await lstatIfThere(at);
      if (found?.isCharacterDevice() && found.rdev === 0) await rm(at);
      else if (!found?.isDirectory()) break;
    }
  }
}

/** What a session in this folder sees below it. @throws TransientError `PREPARED_ENTRY_GONE` */
export async function lowerFor(work: Work, cwd: string): Promise<string | undefined> {
  const layer = await readLayer(work, cwd);
  if (layer === null) return undefined;
  if (await isThere(layer)) return layer;
  // It is prepared again.
  await removeNote(work);
  throw entryGone(cwd, layer);
}

export function entryGone(user: string, entry: string): TransientError {
  return workplaceFailures.PREPARED_ENTRY_GONE('prepare', { user, entry });
}
