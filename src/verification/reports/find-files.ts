// Finds and reads files that runners wrote. Hostile code writes there too: links, pipes and folders in place of files are
// skipped, and everything has a limit.

import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const fileBytesMax = 50 * 1024 * 1024;
const allBytesMax = 200 * 1024 * 1024;
const filesMax = 2_000;
const entriesMax = 50_000;
const depthMax = 12;
const neverEntered = new Set(['.git', 'node_modules', '.venv', 'vendor', '.gradle', '__pycache__']);

/** Reads files one after the other until all of them together are too large. */
export class FileReader {
  #bytesLeft = allBytesMax;

  /** Null if it is no file, or older than `since`; what is too long is cut. */
  async read(path: string, since = Number.NEGATIVE_INFINITY): Promise<string | null> {
    let file: FileHandle | null = null;
    try {
      // Without O_NONBLOCK, the opening of a pipe waits for its other end.
      file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      const found = await file.stat();
      if (!found.isFile() || found.mtimeMs < since) return null;
      const length = Math.min(found.size, fileBytesMax, this.#bytesLeft);
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, 0);
      this.#bytesLeft -= bytesRead;
      return bytes.toString('utf8', 0, bytesRead);
    } catch {
      // It is gone, or a link.
      return null;
    } finally {
      await file?.close();
    }
  }
}

/** Paths of files in the folder itself; none if there is no folder. */
export async function filesIn(folder: string, matches: RegExp): Promise<string[]> {
  const entries = await entriesOf(folder);
  const names = entries.filter((entry) => entry.isFile() && matches.test(entry.name)).map(({ name }) => name);
  return names
    .sort()
    .slice(0, filesMax)
    .map((name) => join(folder, name));
}

/** Paths, relative to the folder, of files in it and below; without links and without what others installed. */
export async function filesBelow(folder: string, matches: RegExp): Promise<string[]> {
  const found: string[] = [];
  let entriesLeft = entriesMax;
  let level = [''];
  for (let depth = 0; depth < depthMax && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const place of level) {
      const entries = await entriesOf(join(folder, place));
      entriesLeft -= entries.length;
      if (entriesLeft < 0) return found;
      for (const entry of entries) {
        const path = place === '' ? entry.name : `${place}/${entry.name}`;
        if (entry.isDirectory() && !neverEntered.has(entry.name)) next.push(path);
        else if (entry.isFile() && matches.test(path) && found.length < filesMax) found.push(path);
      }
    }
    level = next;
  }
  return found.sort();
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
