// Says that a worktree is prepared, for as long as it is the same worktree and nothing has run in it since. Sessions do not
// see the note.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { shortId } from '../../../domain/ids.ts';
import { readIfThere } from '../../../git/is-there.ts';
import { worktreeMark } from '../../../git/worktree-entry.ts';
import type { Work } from '../../run/work.ts';

const shape = z.object({
  key: z.string(),
  /** Of the worktree: one that is made again at the same path has another. */
  mark: z.string(),
  /** Who was the first to run something in it; null: nobody yet. */
  usedBy: z.string().nullable(),
  /** Git does not ignore all that the setup makes, so it is not there. */
  isUnkept: z.boolean(),
});
type Note = z.infer<typeof shape>;

function notePath({ order, settings }: Work): string {
  return join(settings.dataDirectory, 'homes', shortId(order.id), 'prepared.json');
}

/** Null: it is not prepared in this way, or something else has run in it. */
export async function readNote(
  work: Work,
  worktreePath: string,
  { key, by }: { key: string; by: string | null },
): Promise<Note | null> {
  const note = parse(await readIfThere(notePath(work)));
  if (note === null || note.key !== key || note.mark !== (await worktreeMark(worktreePath))) return null;
  return note.usedBy === null || note.usedBy === by ? note : null;
}

function parse(text: string | null): Note | null {
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
  const path = notePath(work);
  const beside = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(beside, JSON.stringify({ ...note, mark } satisfies Note));
  await rename(beside, path);
}

/** Before anything changes in the worktree. */
export async function removeNote(work: Work): Promise<void> {
  await rm(notePath(work), { force: true });
}
