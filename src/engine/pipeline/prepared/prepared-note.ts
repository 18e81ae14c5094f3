// Says that a worktree is prepared, for as long as it is the same worktree and nothing has run in it since. Sessions do not
// see the note.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shortId } from '../../../domain/ids.ts';
import { readIfThere } from '../../../git/is-there.ts';
import { worktreeMark } from '../../../git/worktree-entry.ts';
import { replaceFile } from '../../../stdx/replace-file.ts';
import type { Work } from '../../run/work.ts';

const shape = z.object({
  key: z.string(),
  /** Of the worktree: one that is made again at the same path has another. */
  mark: z.string(),
  /** Who was the first to run something in it; null: nobody yet. */
  usedBy: z.string().nullable(),
  /** Git does not ignore all that the setup makes, so it is not there. */
  isUnkept: z.boolean(),
  /** Sessions see an entry of the cache below the worktree; absent: it is in the worktree. */
  over: z.object({ worktreePath: z.string(), lower: z.string() }).optional(),
});
type Note = z.infer<typeof shape>;

/** One folder for each work order. */
export function notesFolder(dataDirectory: string): string {
  return join(dataDirectory, 'homes');
}

function notePath({ order, settings }: Pick<Work, 'order' | 'settings'>): string {
  return join(notesFolder(settings.dataDirectory), shortId(order.id), 'prepared.json');
}

/** Null: it is not prepared in this way, or something else has run in it. For who used it first, it stays so. */
export async function readNote(
  work: Work,
  worktreePath: string,
  { key, by }: { key: string; by: string | null },
): Promise<Note | null> {
  const note = parseNote(await readIfThere(notePath(work)));
  if (note === null || note.mark !== (await worktreeMark(worktreePath))) return null;
  if (note.usedBy !== null) return note.usedBy === by ? note : null;
  return note.key === key ? note : null;
}

/** The folder that sessions in the worktree see below it; null: none. */
export async function readLayer(work: Work, worktreePath: string): Promise<string | null> {
  const note = parseNote(await readIfThere(notePath(work)));
  if (note?.over?.worktreePath !== worktreePath) return null;
  return note.mark === (await worktreeMark(worktreePath)) ? note.over.lower : null;
}

export function parseNote(text: string | null): Note | null {
  if (text === null) return null;
  try {
    const { data } = shape.safeParse(JSON.parse(text));
    return data ?? null;
  } catch {
    // It ends in the middle: the machine went down while it was written.
    return null;
  }
}

export async function writeNote(work: Work, worktreePath: string, note: Omit<Note, 'mark'>): Promise<void> {
  const mark = await worktreeMark(worktreePath);
  if (mark === null) return;
  await replaceFile(notePath(work), JSON.stringify({ ...note, mark } satisfies Note));
}

/** Before anything changes in the worktree. */
export async function removeNote(work: Work): Promise<void> {
  await rm(notePath(work), { force: true });
}
