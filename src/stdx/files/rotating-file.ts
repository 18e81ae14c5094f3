// A size-limited file of lines: a full file is renamed to `.1`, the previous `.1` to `.2`, and so on; the oldest is
// deleted. Several processes may write the same file. When `write` returns, the line is in the file.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode } from '../system-error.ts';

export interface RotatingFileOptions {
  path: string;
  /** The size limit of one file; its last line may exceed it. */
  bytesMax: number;
  /** Number of old files to keep besides the current one. */
  oldFilesMax: number;
  /** Called when the file cannot be written, and again only after a write has succeeded in between. */
  onFailure(cause: unknown): void;
}

export interface RotatingFile {
  /** Never throws: a log that cannot be written must not make other work fail. */
  write(line: string): void;
  close(): void;
}

/** The first line creates the file and its directory, readable only by their owner. */
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
  // If the parent directory has to be created, others may enter it; the log's own directory is private.
  mkdirSync(dirname(dirname(path)), { recursive: true, mode: 0o711 });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, 'a', 0o600);
}

/** A process that died while rotating left its lock file behind; nobody waits longer than this for it. */
const turnMsMax = 1_000;

/**
 * Only one process rotates at a time: two that rotate at the same moment would overwrite a file. A process that meets a
 * rotation in progress keeps writing, into the old file or the new one; if another process has already rotated, there
 * is nothing to do.
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
