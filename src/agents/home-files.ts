// Reads what may not be there in an agent's home: its own programs write it, and may have done so halfway.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Null when it is not there. */
export async function readIfThere(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch((error: unknown) => orNull(error));
}

/** The names in a folder; none when it is not there. */
export async function listIfThere(path: string): Promise<string[]> {
  return (await readdir(path).catch((error: unknown) => orNull(error))) ?? [];
}

function orNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return null;
  throw error;
}

/** A file of ours among the agent's, made anew for each session: the session before could write there. */
export async function writeOwnFile(folder: string, name: string, content: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}
