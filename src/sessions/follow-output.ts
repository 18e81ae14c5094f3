// Streams the output of a running or finished session from any offset, until it has ended.

import { type FileHandle, open } from 'node:fs/promises';
import { hasErrorCode } from '../stdx/system-error.ts';
import { DirectoryBell } from './directory-bell.ts';
import { findProcess } from './find-process.ts';
import { filePath, hasExit } from './session-files.ts';
import { isOnThisHost, isProcessAlive } from './survey.ts';
import { unfinishedBytes } from './unfinished-bytes.ts';

export interface OutputOffsets {
  stdout: number;
  stderr: number;
}

export interface OutputChunk {
  stream: keyof OutputOffsets;
  text: string;
  /** The offset to continue from, in bytes: never inside a character. */
  offsets: OutputOffsets;
}

export interface FollowOptions {
  fromOffset?: OutputOffsets;
  signal?: AbortSignal;
}

const chunkBytes = 64 * 1024;
const pollMs = 500;
const streams = ['stdout', 'stderr'] as const;

/**
 * Follows until the process has ended and everything is read. It may begin before the process starts. A process that
 * vanished without an exit file ends it too. Rejects with the signal's reason.
 */
export async function* followOutput(
  directory: string,
  options: FollowOptions = {},
): AsyncGenerator<OutputChunk> {
  const { fromOffset = { stdout: 0, stderr: 0 }, signal } = options;
  signal?.throwIfAborted();
  const bell = new DirectoryBell(directory);
  const readers = streams.map((stream) => new StreamReader(directory, stream, fromOffset[stream]));
  const offsets = { ...fromOffset };
  try {
    for (;;) {
      // Checked before reading, so that everything written before the end is read below.
      const hasEnded = await isOver(directory);
      for (const reader of readers) {
        for await (const text of reader.readNew(hasEnded)) {
          offsets[reader.stream] = reader.offset;
          yield { stream: reader.stream, text, offsets: { ...offsets } };
          signal?.throwIfAborted();
        }
      }
      if (hasEnded) return;
      await bell.wait(pollMs, signal);
    }
  } finally {
    bell.close();
    for (const reader of readers) await reader.close();
  }
}

async function isOver(directory: string): Promise<boolean> {
  if (hasExit(directory)) return true;
  const handle = await findProcess(directory);
  return handle !== null && isOnThisHost(handle) && !(await isProcessAlive(handle));
}

class StreamReader {
  readonly stream: keyof OutputOffsets;
  /** The end of the returned text: the bytes of an incomplete character are read again. */
  offset: number;
  readonly #path: string;
  #file: FileHandle | null = null;

  constructor(directory: string, stream: keyof OutputOffsets, offset: number) {
    this.stream = stream;
    this.#path = filePath(directory, stream);
    this.offset = offset;
  }

  /** Everything since the last call. With `isLast`, it includes an incomplete character, as U+FFFD. */
  async *readNew(isLast: boolean): AsyncGenerator<string> {
    this.#file ??= await openIfThere(this.#path);
    if (this.#file === null) return;
    const buffer = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, chunkBytes, this.offset);
      const isShort = bytesRead < chunkBytes;
      const whole =
        isLast && isShort ? bytesRead : bytesRead - unfinishedBytes(buffer.subarray(0, bytesRead));
      if (whole === 0) return;
      this.offset += whole;
      yield new TextDecoder('utf8', { ignoreBOM: true }).decode(buffer.subarray(0, whole));
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
