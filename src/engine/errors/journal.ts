// A file-based queue of lines to deliver: each line is on disk when `append` returns, and survives any death
// of the process. The queue is the file itself: however many lines wait, memory holds one batch. A power
// failure may lose what was not synced; kill -9 loses nothing.
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  read,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { syncFolderNow } from '../../stdx/files/durable-files.ts';
import { openPassingNow, renamePassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { abandonedJournals, ownJournalPath } from './journal-files.ts';

/** The maximum size of a line with its line end; a longer line is refused. */
export const lineBytesMax = 2 * 1024 * 1024;
/** Maximum size of the queue on disk: above this, something is wrong that more lines would not explain. */
const journalBytesMax = 512 * 1024 * 1024;
const newline = 0x0a;

export interface Journal {
  readonly path: string;
  /** Number of lines that were appended but not yet taken. */
  readonly waiting: number;
  /**
   * Takes about ten microseconds; false if the line is not on disk because it is too long, there are too many, or the
   * disk refused it.
   */
  append(line: string): boolean;
  /** Resolves when what was appended survives a power failure, too. */
  sync(): Promise<void>;
  /**
   * Returns the oldest lines, up to a number; they stay in the queue until `taken` is called, so that a crash before
   * that loses none.
   */
  oldest(linesMax: number): Promise<{ lines: string[]; taken(): void }>;
  /** Deletes the file if the queue is empty; otherwise the file stays for the next process. */
  close(): void;
}

/** @throws the file system's error if the directory cannot be created or written to */
export function openJournal(directory: string): Journal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = ownJournalPath(directory);
  const file = openPassingNow(path, 'ax+', 0o600);
  // So that `sync` has to flush the file alone.
  syncFolderNow(directory);
  let [readBytes, writtenBytes, waiting] = [0, 0, 0];
  // After an incomplete line, the next one starts on a new line, so that only the first one is lost.
  let isTorn = false;
  return {
    path,
    get waiting() {
      return waiting;
    },
    append(line) {
      const bytes = Buffer.from(`${isTorn ? '\n' : ''}${line}\n`);
      if (bytes.length > lineBytesMax || writtenBytes + bytes.length > journalBytesMax) return false;
      let written = 0;
      try {
        while (written < bytes.length) written += writeSync(file, bytes, written);
      } catch {
        // For example, if the disk is full: the result says so, and the caller keeps the line.
        isTorn ||= written > 0;
        return false;
      } finally {
        writtenBytes += written;
      }
      // An incomplete line counts as a line: it is unreadable, and is set aside in its turn.
      waiting += isTorn ? 2 : 1;
      isTorn = false;
      return true;
    },
    sync: () => promisify(fdatasync)(file),
    async oldest(linesMax) {
      let found = await linesAt(file, readBytes, writtenBytes, linesMax);
      if (found.bytes === 0 && waiting > 0) {
        // Someone has truncated the file to make room: its remaining content is now the queue. Duplicates count once.
        const { size } = fstatSync(file);
        [readBytes, writtenBytes, waiting] = [0, size, countLines(file, size)];
        found = await linesAt(file, readBytes, writtenBytes, linesMax);
      }
      const { lines, bytes } = found;
      return {
        lines,
        taken: () => {
          readBytes += bytes;
          waiting -= lines.length;
          if (readBytes < writtenBytes) return;
          ftruncateSync(file, 0);
          [readBytes, writtenBytes] = [0, 0];
        },
      };
    },
    close() {
      closeSync(file);
      if (waiting === 0) removeJournal(path);
    },
  };
}

/** Synchronous, so that nothing is appended meanwhile. */
function countLines(file: number, size: number): number {
  const buffer = Buffer.alloc(lineBytesMax);
  let lines = 0;
  for (let at = 0; at < size; ) {
    const bytes = readSync(file, buffer, 0, buffer.length, at);
    if (bytes === 0) break;
    for (const byte of buffer.subarray(0, bytes)) if (byte === newline) lines += 1;
    at += bytes;
  }
  return lines;
}

/** Complete lines from a position, and their size in bytes; empty if the text there is too long for a line. */
async function linesAt(file: number, from: number, to: number, linesMax: number) {
  const length = Math.max(0, Math.min(to - from, lineBytesMax));
  const { buffer, bytesRead } = await promisify(read)(file, Buffer.alloc(length), 0, length, from);
  const lines: string[] = [];
  let bytes = 0;
  while (lines.length < linesMax) {
    const end = buffer.subarray(0, bytesRead).indexOf(newline, bytes);
    if (end === -1) break;
    lines.push(buffer.toString('utf8', bytes, end));
    bytes = end + 1;
  }
  if (bytes === 0 && bytesRead === lineBytesMax) bytes = bytesRead;
  return { lines, bytes };
}

export interface Adoption {
  /** Called with the lines of a journal in batches; the journal is deleted after the last batch. */
  take(lines: string[]): Promise<void>;
  signal: AbortSignal;
  /** A journal that cannot be read stays, and must not block others. */
  onFailure(path: string, cause: unknown): void;
}

/** Reads the journals that dead processes left in this directory. Rejects only with the signal's reason. */
export async function adoptJournals(
  directory: string,
  linesMax: number,
  { take, signal, onFailure }: Adoption,
): Promise<void> {
  for (const path of abandonedJournals(directory)) {
    try {
      await adopt(path, linesMax, take);
    } catch (cause) {
      signal.throwIfAborted();
      // Another process has already adopted the journal.
      if (!hasErrorCode(cause, 'ENOENT')) onFailure(path, cause);
    }
  }
}

async function adopt(path: string, linesMax: number, take: Adoption['take']): Promise<void> {
  const file = await open(path, 'r');
  let isDamaged = false;
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; ) {
      const { lines, bytes } = await linesAt(file.fd, at, size, linesMax);
      // An incomplete line at the end: its process died while writing, so nobody was told that it is stored.
      if (bytes === 0) break;
      if (lines.length > 0) await take(lines);
      else isDamaged = true;
      at += bytes;
    }
  } finally {
    await file.close();
  }
  if (!isDamaged) return removeJournal(path);
  await renamePassing(path, `${path}.damaged`);
  throw new RangeError('Some lines could not be read; the others were');
}

function removeJournal(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
  }
}
