// Records that a worktree is prepared. The note is valid only for the same worktree, and until something else runs in
// it. Sessions do not see the note.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shortId } from '../../../domain/ids.ts';
import { readIfThere } from '../../../git/run/is-there.ts';
import { worktreeMark } from '../../../git/worktree/worktree-entry.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { parseKept } from '../../../stdx/files/kept-json.ts';
import type { Work } from '../../run/work.ts';

const shape = z.object({
  key: z.string(),
  /** Identifies the worktree: if it is recreated at the same path, it has another mark. */
  mark: z.string(),
  /** The first session that ran something in the worktree; null if there was none. */
  usedBy: z.string().nullable(),
  /** True if git does not ignore everything that the setup makes, so those files were removed. */
  isUnkept: z.boolean(),
  /** Sessions see a cache entry below the worktree; absent: its files are in the worktree. */
  over: z.object({ worktreePath: z.string(), lower: z.string() }).optional(),
});
type Note = z.infer<typeof shape>;

/** One folder for each work order. */
export function notesFolder(dataDirectory: string): string {
  return join(dataDirectory, 'homes');
}

export const noteFile = 'prepared.json';

function notePath({ order, settings }: Pick<Work, 'order' | 'settings'>): string {
  return join(notesFolder(settings.dataDirectory), shortId(order.id), noteFile);
}

/** Null if the worktree is not prepared like this, or was used since: the note keeps its first user. */
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
  return parseKept(text, shape);
}

export async function writeNote(work: Work, worktreePath: string, note: Omit<Note, 'mark'>): Promise<void> {
  const mark = await worktreeMark(worktreePath);
  if (mark === null) return;
  await replaceFile(notePath(work), JSON.stringify({ ...note, mark } satisfies Note));
}

/** Call this before anything changes in the worktree. */
export async function removeNote(work: Work): Promise<void> {
  await rm(notePath(work), { force: true });
}
