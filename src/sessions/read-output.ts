// Reads the end of a process's output, within a limit, regardless of its bytes, and without the secrets in it. The file
// itself, which only its owner can read, keeps the secrets.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { redact } from '../domain/text/redact.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import type { ProcessHandle } from './process-handle.ts';
import { filePath } from './session-files.ts';

export interface OutputTail {
  /** Invalid UTF-8 is replaced by U+FFFD. */
  text: string;
  /** Size of the whole file. */
  bytes: number;
  isCut: boolean;
}

const defaultBytesMax = 64 * 1024;

/** A UTF-8 character has at most three bytes after its first. */
const continuationBytesMax = 3;

/** How much is read before the requested part, so that a secret that starts there is recognised. */
const secretBytesMax = 8 * 1024;

/** The end of both output files; a missing file reads as an empty one. */
export async function readOutput(
  session: ProcessHandle | string,
  bytesMax: number = defaultBytesMax,
): Promise<{ stdout: OutputTail; stderr: OutputTail }> {
  const directory = typeof session === 'string' ? session : session.directory;
  const [stdout, stderr] = await Promise.all([
    tail(filePath(directory, 'stdout'), bytesMax),
    tail(filePath(directory, 'stderr'), bytesMax),
  ]);
  return { stdout, stderr };
}

/** The last `bytesMax` bytes of a file, from the start of a character. */
export async function tail(path: string, bytesMax: number): Promise<OutputTail> {
  // A program may have replaced its file with a pipe: opening it would block forever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ELOOP', 'ENXIO')) return null;
    throw error;
  });
  if (file === null) return { text: '', bytes: 0, isCut: false };
  try {
    const found = await file.stat();
    const size = found.isFile() ? found.size : 0;
    const length = Math.min(size, bytesMax + secretBytesMax);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const read = buffer.subarray(0, bytesRead);
    const text = decoded(read, size > length);
    const wanted = decoded(read.subarray(Math.max(0, bytesRead - bytesMax)), bytesRead > bytesMax);
    const safe = redact(text);
    return {
      text: safe === text ? wanted : safe.slice(Math.max(0, safe.length - wanted.length)),
      bytes: size,
      isCut: size > bytesMax,
    };
  } finally {
    await file.close();
  }
}

function decoded(bytes: Buffer, isCut: boolean): string {
  const start = isCut ? firstCharacter(bytes) : 0;
  return new TextDecoder('utf8', { ignoreBOM: true }).decode(bytes.subarray(start));
}

function firstCharacter(bytes: Buffer): number {
  let index = 0;
  while (index < continuationBytesMax && ((bytes[index] ?? 0) & 0xc0) === 0x80) index += 1;
  return index;
}
