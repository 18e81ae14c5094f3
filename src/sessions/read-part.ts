// Reads a part of a process's output, from any offset: whole lines if possible, never half a character, and without the
// secrets in it.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { redact } from '../domain/text/redact.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { filePath } from './session-files.ts';
import { unfinishedBytes } from './unfinished-bytes.ts';

export interface OutputPart {
  /** Invalid UTF-8 is replaced by U+FFFD. */
  text: string;
  /** An offset in bytes, like all offsets. */
  offset: number;
  nextOffset: number;
  /** Size of the whole file. */
  size: number;
}

const partBytesMax = 64 * 1024;
/** How much is read before the part, so that half of a secret is recognised. */
const beforeBytesMax = 8 * 1024;
/** A piece of a long line ends this far before the end of what was read, so that a secret at its end is recognized. */
const aheadBytesMax = 8 * 1024;
const cutStepBytes = 512;
const newline = 0x0a;
/** Maximum length of a private key as text; anything longer is not one. */
const keyBytesMax = 32 * 1024;
const keyMarkBytesMax = 80;

/** A missing file reads as an empty one. `hasEnded`: no more output follows, so nothing is held back. */
export async function readPart(
  directory: string,
  given: { stream: 'stdout' | 'stderr'; offset: number; hasEnded: boolean },
): Promise<OutputPart> {
  // A program may have replaced its file with a pipe: opening it would block forever.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const file = await open(filePath(directory, given.stream), flags).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ELOOP', 'ENXIO')) return null;
    throw error;
  });
  if (file === null) return { text: '', offset: given.offset, nextOffset: given.offset, size: 0 };
  try {
    return await partOf(file, given);
  } finally {
    await file.close();
  }
}

async function partOf(
  file: FileHandle,
  { offset, hasEnded }: { offset: number; hasEnded: boolean },
): Promise<OutputPart> {
  const found = await file.stat();
  const size = found.isFile() ? found.size : 0;
  const from = Math.min(offset, size);
  const begin = Math.max(0, from - beforeBytesMax);
  const length = Math.min(size, from + partBytesMax) - begin;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, begin);
  const read = buffer.subarray(0, bytesRead);
  const start = characterStart(read, Math.min(from - begin, bytesRead));
  const isAll = begin + bytesRead >= size;
  const part = read.subarray(start);
  const bytes = part.subarray(0, hasEnded && isAll ? part.length : shownBytes(part, isAll));
  return {
    text: safeText(beginning(read.subarray(0, start)), bytes),
    offset: begin + start,
    nextOffset: begin + start + bytes.length,
    size,
  };
}

/**
 * The text up to the last line end. A line that is longer than a part is shown in pieces; a line that may still grow is
 * not shown.
 */
function shownBytes(part: Buffer, mayGrow: boolean): number {
  const lines = part.lastIndexOf(newline) + 1;
  const key = openKeyIn(part.subarray(0, lines));
  const whole = key < 0 ? lines : part.subarray(0, key).lastIndexOf(newline) + 1;
  if (whole > 0 || (mayGrow && part.length < partBytesMax)) return whole;
  return endOfPiece(part);
}

/** Where a piece of a long line ends: not within a secret. */
function endOfPiece(part: Buffer): number {
  const last = Math.max(1, part.length - aheadBytesMax);
  const first = Math.max(1, last - aheadBytesMax);
  const endBefore = (cut: number) => cut - unfinishedBytes(part.subarray(0, cut));
  for (let cut = last; cut >= first; cut -= cutStepBytes)
    if (!isWithinSecret(part, endBefore(cut))) return endBefore(cut);
  // No secret is so long: the text only looks like one.
  return endBefore(last);
}

function isWithinSecret(part: Buffer, at: number): boolean {
  const before = decoded(part.subarray(Math.max(0, at - beforeBytesMax), at));
  const after = decoded(part.subarray(at));
  return redact(before + after) !== redact(before) + redact(after);
}

/** The end of the text before the part: the line or private key that continues in the part. */
function beginning(before: Buffer): Buffer {
  const key = openKeyIn(before);
  return before.subarray(key < 0 ? before.lastIndexOf(newline) + 1 : key);
}

/** Where an unfinished private key begins; -1 if there is none. */
function openKeyIn(bytes: Buffer): number {
  const key = bytes.lastIndexOf('-----BEGIN ');
  if (key < 0 || bytes.length - key > keyBytesMax) return -1;
  const isKey = bytes.subarray(key, key + keyMarkBytesMax).includes('PRIVATE KEY');
  return isKey && !bytes.subarray(key).includes('-----END ') ? key : -1;
}

/** A secret that begins before the part counts too. */
function safeText(before: Buffer, bytes: Buffer): string {
  const [head, wanted] = [decoded(before), decoded(bytes)];
  const safe = redact(head + wanted);
  if (safe === head + wanted) return wanted;
  const safeHead = redact(head);
  return safe.startsWith(safeHead)
    ? safe.slice(safeHead.length)
    : safe.slice(Math.max(0, safe.length - wanted.length));
}

function decoded(bytes: Buffer): string {
  return new TextDecoder('utf8', { ignoreBOM: true }).decode(bytes);
}

/** The text from the first complete character on. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start < bytes.length && start < at + 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
