import { randomUUID } from 'node:crypto';
import { chmod, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode } from '../system-error.ts';
import { type HeldFolder, holdFolder } from './held-folder.ts';

/** Each level holds one file descriptor. Deeper folders are moved up first. */
const depthMax = 64;
/** The kernel refuses a path of 4,096 bytes; only where folders cannot be held do paths become so long. */
const pathBytesMax = 2_048;
/** How many files of a folder are deleted at the same time. */
const filesAtOnce = 32;
/** How many folders of the whole tree are emptied at the same time: most of the time passes between two calls. */
const foldersAtOnce = 16;
const triesMax = 4;
const looksMax = 32;
const retryMs = 100;
/** Somebody else puts something there, or uses it, or there are too few file descriptors at the moment. */
const passing = ['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EISDIR', 'ENOTDIR', 'EMFILE', 'ENFILE'];

/**
 * Like `rm -rf`, but also removes read-only folders, such as Go's module cache, if this user owns them, and folders that
 * are nested so deeply that the kernel refuses their paths. Does not follow links, not even one that a running session
 * puts in place of a folder while its content is being removed.
 * @throws as `unlink`, `rmdir`, `readdir`, `chmod` and `rename`
 */
export async function removeTree(path: string): Promise<void> {
  const bytes = Buffer.from(path);
  for (let tries = 1; ; tries += 1) {
    try {
      return await removeAt(bytes, null);
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return;
      if (tries === triesMax || !hasErrorCode(error, ...passing)) throw error;
      await sleep(tries * retryMs);
    }
  }
}

/** Where folders that are nested too deeply are moved to. */
interface Top {
  path: Buffer;
  isRefilled: boolean;
  /** The number of folders that are emptied beside the first one. */
  beside: number;
}

/** A running session may exchange a folder for a link between two calls, and back, so the name is looked at again. */
async function removeAt(path: Buffer, top: Top | null, depth = 0): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const exchanged = await removeUnlessExchanged(path, top, depth);
    if (exchanged === null) return;
    if (looks === looksMax) throw exchanged;
  }
}

/** Returns the refusal of a call that expected the other kind of name. */
async function removeUnlessExchanged(path: Buffer, top: Top | null, depth: number): Promise<unknown> {
  // Almost all names are files; the kernel refuses this for a folder.
  try {
    await unlink(path);
    return null;
  } catch (error) {
    if (!hasErrorCode(error, 'EISDIR', 'EPERM')) throw error;
    const folder = holdFolder(path);
    if (folder === null) return error;
    try {
      await (top === null ? emptyTop(folder) : empty(folder, top, depth));
    } finally {
      folder.close();
    }
  }
  try {
    await rmdir(path);
    return null;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOTDIR')) throw error;
    return error;
  }
}

async function emptyTop(folder: HeldFolder): Promise<void> {
  const top: Top = { path: Buffer.from(folder.path), isRefilled: false, beside: 0 };
  do {
    top.isRefilled = false;
    await empty(folder, top, 1);
  } while (top.isRefilled);
}

/** When this returns or throws, no call on the folder is running. */
async function empty(folder: HeldFolder, top: Top, depth: number): Promise<void> {
  // Its owner may have closed it.
  const entries = await opening(folder, () =>
    readdir(folder.path, { withFileTypes: true, encoding: 'buffer' }),
  );
  const files: Uint8Array[] = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const folders: Uint8Array[] = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (let at = 0; at < files.length; at += filesAtOnce)
    folders.push(...(await removeFiles(folder, files.slice(at, at + filesAtOnce))));
  const failures: unknown[] = [];
  const beside: Promise<void>[] = [];
  for (const name of folders) {
    const removing = removeFolder(within(folder, name), top, depth);
    const ended = besideOthers(removing, top).catch((cause: unknown) => void failures.push(cause));
    if (top.beside > foldersAtOnce) await ended;
    else beside.push(ended);
  }
  await Promise.all(beside);
  if (failures.length > 0) throw failures[0];
}

/** A name may be of any bytes, not only of text. */
function within(folder: HeldFolder, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${folder.path}/`), name]);
}

async function besideOthers(removing: Promise<void>, top: Top): Promise<void> {
  top.beside += 1;
  try {
    await removing;
  } finally {
    top.beside -= 1;
  }
}

async function removeFolder(path: Buffer, top: Top, depth: number): Promise<void> {
  if (depth >= depthMax || path.length > pathBytesMax) await moveUp(path, top);
  else await orGone(removeAt(path, top, depth + 1));
}

/** Returns what has become a folder. All deletions have ended when this returns or throws. */
async function removeFiles(folder: HeldFolder, names: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const ends = await Promise.allSettled(
    names.map((name) => opening(folder, () => orGone(unlink(within(folder, name))))),
  );
  return names.filter((_, index) => {
    const end = ends[index];
    if (end?.status !== 'rejected') return false;
    if (hasErrorCode(end.reason, 'EISDIR', 'EPERM')) return true;
    throw end.reason;
  });
}

async function opening<T>(folder: HeldFolder, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES')) throw error;
    await chmod(folder.path, 0o700);
    return act();
  }
}

async function moveUp(path: Buffer, top: Top): Promise<void> {
  const folder = holdFolder(path);
  if (folder === null) return orGone(unlink(path));
  try {
    // A folder that is moved to another one must be writable itself.
    await chmod(folder.path, 0o700);
  } finally {
    folder.close();
  }
  await orGone(rename(path, Buffer.concat([top.path, Buffer.from(`/${randomUUID()}`)])));
  top.isRefilled = true;
}

async function orGone(act: Promise<void>): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}
