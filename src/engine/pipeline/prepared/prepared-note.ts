// Records that a worktree is prepared. The note is valid for the same worktree only, and until something else runs in
// it. Sessions do not see the note.
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
  /** Identifies the worktree: if it is made again at the same path, it has another mark. */
  mark: z.string(),
  /** The first session that ran something in the worktree; null if there was none. */
  usedBy: z.string().nullable(),
  /** True if git does not ignore everything that the setup makes, so those files were removed. */
  isUnkept: z.boolean(),
});
type Note = z.infer<typeof shape>;

function notePath({ order, settings }: Work): string {
  return join(settings.dataDirectory, 'homes', shortId(order.id), 'prepared.json');
}

/** Null if the worktree is not prepared in this way, or if something else has run in it. */
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
    // The file is incomplete: the machine went down while it was written.
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

/** Call this before anything changes in the worktree. */
export async function removeNote(work: Work): Promise<void> {
  await rm(notePath(work), { force: true });
}
