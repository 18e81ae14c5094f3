// Whether a disk takes writes: a small file is written, flushed and removed. Free bytes alone do not tell: a disk may have no
// room for one more file, may have been mounted read-only after an error, or may not answer.
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../system-error.ts';

/** `failing`: it reports an error. `silent`: it does not answer. */
export type DiskState = 'writable' | 'full' | 'read_only' | 'failing' | 'silent';

/** A disk that does not answer holds a thread for as long, so only one asks. */
const asked = new Map<string, Promise<DiskState>>();
const probeBytes = 4_096;

/** Answers within `answerMsMax`. A folder that does not exist, or is closed to this user, counts as failing. */
export async function probeDisk(folder: string, answerMsMax: number): Promise<DiskState> {
  const known = asked.get(folder);
  const answer = known ?? writeTo(folder).finally(() => asked.delete(folder));
  asked.set(folder, answer);
  const late = Promise.withResolvers<DiskState>();
  const timer = setTimeout(() => late.resolve('silent'), answerMsMax);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function writeTo(folder: string): Promise<DiskState> {
  const path = join(folder, `.probe-${randomUUID()}`);
  try {
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.write(Buffer.alloc(probeBytes));
        await file.sync();
      } finally {
        await file.close();
      }
    } finally {
      await rm(path, { force: true });
    }
    return 'writable';
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOSPC', 'EDQUOT')) return 'full';
    return hasErrorCode(cause, 'EROFS') ? 'read_only' : 'failing';
  }
}
