// A program that gives the rights of its owner to whoever starts it must not outlive the session that left it (R-SEC-5).
// The kernel refuses such files to isolated sessions. For all others, what they may write is noted before they start, and
// cleared when they have ended, by this Moose or the next.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { clearRights } from '../stdx/files/clear-rights.ts';
import { replaceFile } from '../stdx/files/durable-files.ts';
import { parseKept } from '../stdx/files/kept-json.ts';
import { readSmallFile } from './read-small-file.ts';

const shape = z.array(z.string());
const notePath = (directory: string) => join(directory, 'rights.json');

/** Call this before a session starts that the kernel does not keep from it. */
export async function noteWritten(directory: string, folders: readonly string[]): Promise<void> {
  await replaceFile(notePath(directory), JSON.stringify([...folders] satisfies z.infer<typeof shape>));
}

/** Call this when nothing of the session runs any more. @throws as `clearRights` */
export async function clearSessionRights(directory: string): Promise<void> {
  const note = readSmallFile(notePath(directory));
  if (note === null) return;
  // The session itself can damage the note where it sees its user's files: it could as well leave its programs elsewhere.
  for (const folder of parseKept(note, shape) ?? []) await clearRights(folder);
  rmSync(notePath(directory), { force: true });
}
