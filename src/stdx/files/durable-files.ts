// The one way to write what Moose reads again after a start: when a function has returned, the new content survives a
// power failure, and until then the old content does. Everything else is written by `passing-files.ts`.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  createWriteStream,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  type WriteStream,
  writeFileSync,
} from 'node:fs';
import { link, mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hasErrorCode } from '../system-error.ts';

interface WriteOptions {
  /** By default, only the owner can read the file. The umask applies. */
  mode?: number;
}

/** Replaces a file, or creates it and missing folders. */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  await makeFolder(dirname(path));
  await besides(path, content, options, (beside) => rename(beside, path));
}

/** The same for programs and moments that cannot wait. The folder exists. */
export function replaceFileNow(path: string, content: string, { mode = 0o600 }: WriteOptions = {}): void {
  const beside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(beside, content, { mode, flag: 'wx', flush: true });
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  }
  syncFolderNow(dirname(path));
}

/**
 * Creates a file that does not exist; false if it does, and then nothing changes. The folder exists. `onCreated` is called in the
 * turn of the event loop in which the file appears, so that a freezing process does not freeze in between.
 */
export async function createFile(
  path: string,
  content: string,
  { onCreated = () => undefined, ...options }: WriteOptions & { onCreated?: () => void } = {},
): Promise<boolean> {
  try {
    await besides(path, content, options, async (beside) => {
      linkSync(beside, path);
      onCreated();
    });
    return true;
  } catch (cause) {
    if (hasErrorCode(cause, 'EEXIST')) return false;
    throw cause;
  }
}

async function besides(
  path: string,
  content: string | Uint8Array,
  { mode = 0o600 }: WriteOptions,
  putInPlace: (beside: string) => Promise<void>,
): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await putInPlace(beside);
  } finally {
    await rm(beside, { force: true });
  }
  await syncFolder(dirname(path));
}

/** A stream into a file, whose content is on the disk when the stream has ended. `moveDurably` gives the file its name. */
export function streamToFile(path: string): WriteStream {
  return createWriteStream(path, { mode: 0o600, flush: true });
}

/** Gives what is complete and flushed its final name. @throws as `rename` */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** As `moveDurably`, but never replaces a file. @throws EEXIST */
export async function linkDurably(from: string, to: string): Promise<void> {
  await link(from, to);
  await syncFolder(dirname(to));
}

/** Flushes a draft, whoever wrote it, and gives it its final name: all of it is there, or nothing. @throws as `rename` */
export async function publish(draft: string, path: string, signal?: AbortSignal): Promise<void> {
  await flush(draft, signal);
  await moveDurably(draft, path);
}

const flushMsMax = 10 * 60_000;

/** Flushes a file; for a folder, everything that was written to its disk. */
export async function flush(path: string, signal?: AbortSignal): Promise<void> {
  if (!(await stat(path)).isDirectory()) return syncAt(path);
  // Each program and each file system has its own idea of what has to be flushed besides the files: syncfs(2) knows.
  const words = process.platform === 'linux' ? ['-f', '--', path] : [];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  await promisify(execFile)('sync', words, { env, signal, timeout: flushMsMax, cwd: '/' });
}

/** Some file systems, such as those of other machines, flush no folders: they have nothing to be flushed. */
const cannotSync = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** After this, the names that were created, renamed or removed in the folder survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await syncAt(path);
  } catch (cause) {
    if (!hasErrorCode(cause, ...cannotSync)) throw cause;
  }
}

/** Where what flushes a name flushes what was written before it, by the number of the kernel: ext4, XFS and tmpfs. */
const inOrder: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x01021994]);

/**
 * As `syncFolder`, and everything that was written before is on the disk too, whoever wrote it: btrfs, for one, flushes
 * the names of a folder alone.
 */
export async function syncWritten(folder: string): Promise<void> {
  const { type } = await statfs(folder);
  await (inOrder.has(type) ? syncFolder(folder) : flush(folder));
}

/** As `syncFolder`, without waiting. */
export function syncFolderNow(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch (cause) {
    if (!hasErrorCode(cause, ...cannotSync)) throw cause;
  } finally {
    closeSync(folder);
  }
}

async function syncAt(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let at = path; at !== first; at = dirname(at)) await syncFolder(dirname(at));
  await syncFolder(dirname(first));
}
