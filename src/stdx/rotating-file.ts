// A file for lines that never grows past its limit: the full one becomes `.1`, that one `.2`, and the last one goes.
// Several processes may write the same file; a line is written at once, and is in the file when `write` returns.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode } from './system-error.ts';

export interface RotatingFileOptions {
  path: string;
  /** Of one file, apart from its last line. */
  bytesMax: number;
  /** Beside the one that is written. */
  oldFilesMax: number;
  /** Told when the file cannot be written, and not again before it could be. */
  onFailure(cause: unknown): void;
}

export interface RotatingFile {
  /** Never throws: nobody's work fails because it cannot be written about. */
  write(line: string): void;
  close(): void;
}

/** The file and its directory, which only their owner may read, are made by the first line. */
export function openRotatingFile(options: RotatingFileOptions): RotatingFile {
  const { path, bytesMax } = options;
  let file: number | null = null;
  let isFailing = false;
  const close = () => {
    if (file !== null) closeSync(file);
    file = null;
  };
  const writable = (): number => {
    file ??= openToAppend(path);
    const { size, nlink, ino } = fstatSync(file);
    if (size < bytesMax && nlink > 0) return file;
    if (nlink > 0) rotateInTurn(options, ino);
    close();
    file = openToAppend(path);
    return file;
  };
  return {
    write(line) {
      try {
        const bytes = Buffer.from(line);
        for (let written = 0; written < bytes.length; ) written += writeSync(writable(), bytes, written);
        isFailing = false;
      } catch (cause) {
        if (!isFailing) options.onFailure(cause);
        isFailing = true;
      }
    },
    close,
  };
}

function openToAppend(path: string): number {
  // Whoever made the directory above it may let others pass; where nobody has, they may.
  mkdirSync(dirname(dirname(path)), { recursive: true, mode: 0o711 });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, 'a', 0o600);
}

/** Whoever died in its turn has left this behind, and nobody waits longer for it. */
const turnMsMax = 1_000;

/**
 * One process at a time: two that move files in the same moment would move one over another. Who finds it being done
 * writes on, into the old file or the new one; where another process has been here first, there is nothing to do.
 */
function rotateInTurn(options: RotatingFileOptions, ino: number): void {
  const { path } = options;
  const turn = `${path}.turn`;
  if (!takeTurn(turn)) return;
  try {
    if (inodeOf(path) === ino) rotate(options);
  } finally {
    rmSync(turn, { force: true });
  }
}

function takeTurn(turn: string): boolean {
  try {
    closeSync(openSync(turn, 'wx', 0o600));
    return true;
  } catch (cause) {
    if (!hasErrorCode(cause, 'EEXIST')) throw cause;
  }
  const since = statSync(turn, { throwIfNoEntry: false })?.mtimeMs;
  if (since !== undefined && Date.now() - since > turnMsMax) rmSync(turn, { force: true });
  return false;
}

function rotate({ path, oldFilesMax }: RotatingFileOptions): void {
  for (let number = oldFilesMax; number >= 1; number -= 1)
    renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
  }
}

function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}
