// Overwrites known secrets in the output files of an ended session. The length stays the same, because readers use byte
// offsets.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { knownSecrets } from '../domain/secrets/known-secrets.ts';
import { openPassing } from '../stdx/files/passing-files.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { filePath } from './session-files.ts';

const blockBytes = 1024 * 1024;
/** Longer than any form of a value: 32 KiB, with up to six characters for each byte, and some margin. */
const overlapBytes = 256 * 1024;

/**
 * Returns how many values were overwritten. Call this only after nothing writes to the files any more. Cuts off what is
 * beyond `bytesMax`: a program can make its file as long as it likes without writing to it.
 */
export async function maskOutput(directory: string, { bytesMax }: { bytesMax: number }): Promise<number> {
  const stdout = await maskFile(filePath(directory, 'stdout'), bytesMax);
  const stderr = await maskFile(filePath(directory, 'stderr'), bytesMax);
  return stdout + stderr;
}

async function maskFile(path: string, bytesMax: number): Promise<number> {
  const file = await openPlain(path);
  if (file === null) return 0;
  try {
    const found = await file.stat();
    if (!found.isFile() || knownSecrets().isEmpty) return 0;
    if (found.size > bytesMax) await file.truncate(bytesMax);
    return await maskIn(file, Math.min(found.size, bytesMax));
  } finally {
    await file.close();
  }
}

/** A program may have replaced its file with a pipe or a link. */
async function openPlain(path: string): Promise<FileHandle | null> {
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  try {
    return await openPassing(path, flags);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'ELOOP', 'ENXIO', 'EISDIR')) return null;
    throw cause;
  }
}

/** Blocks overlap, so that a value that crosses a block boundary is found. */
async function maskIn(file: FileHandle, size: number): Promise<number> {
  const finder = knownSecrets();
  const buffer = Buffer.alloc(Math.min(size, blockBytes + overlapBytes));
  let masked = 0;
  for (let from = 0; from < size; from += blockBytes) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    // Each byte is decoded as one character, a form in which the values are known too.
    const text = buffer.toString('latin1', 0, bytesRead);
    for (let found = finder.next(text, 0); found; found = finder.next(text, found.end)) {
      await file.write(maskOf(found.name, found.end - found.start), from + found.start, 'latin1');
      masked += 1;
    }
  }
  return masked;
}

function maskOf(name: string, length: number): string {
  const label = `[redacted:${name}]`;
  return label.length <= length ? label.padEnd(length, '*') : '*'.repeat(length);
}
