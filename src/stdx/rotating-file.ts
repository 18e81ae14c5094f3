// A file for lines with a size limit: a full file becomes `.1`, that one `.2`, and the last one is deleted. Several
// processes may write the same file; a line is in the file when `write` returns.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode } from './system-error.ts';

export interface RotatingFileOptions {
  path: string;
  /** For one file, not counting its last line. */
  bytesMax: number;
  /** In addition to the current one. */
  oldFilesMax: number;
  /** Called when the file cannot be written, and not again until it could be. */
  onFailure(cause: unknown): void;
}

export interface RotatingFile {
  /** Never throws: a log that cannot be written fails nobody's work. */
  write(line: string): void;
  close(): void;
}

/** The first line creates the file and its directory, which only their owner can read. */
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
  // An existing directory above it may be open to others; a new one is.
  mkdirSync(dirname(dirname(path)), { recursive: true, mode: 0o711 });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, 'a', 0o600);
}

/** A process that died during its turn left this behind, and nobody waits for it any longer. */
const turnMsMax = 1_000;

/**
 * One process at a time: two that rotate at the same moment would overwrite a file. A process that meets a rotation in
 * progress writes on, into the old file or the new one; after another process's rotation there is nothing to do.
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
