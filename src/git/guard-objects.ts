// Protects a repository's objects from its sessions (R-SEC-5). A session that can commit can also delete or overwrite
// loose objects, but packs are read-only for it. So each loose object is also stored in a pack. And a session can put
// anything where git would write an object later: git would take it for that object. So that is moved aside.

import { createHash, randomUUID } from 'node:crypto';
import { constants, type Dirent, type Stats } from 'node:fs';
import { chmod, open, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { holdFolder } from '../stdx/held-folder.ts';
import { errorCode, hasErrorCode } from '../stdx/system-error.ts';
import { withFileFailures } from './file-failure.ts';
import { packNow } from './join-packs.ts';
import { packObjects } from './pack-objects.ts';
import { glanceAt } from './read-now.ts';
import { commonGitDir } from './worktree-list.ts';

const folderPattern = /^[0-9a-f]{2}$/;
const filePattern = /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/;
const sha256Digits = 64;

/**
 * git writes larger files directly into a pack (`core.bigFileThreshold`, 512 MiB); a loose object adds only a short
 * header.
 */
const objectBytesMax = 513 * 1024 ** 2;

/** How long one call reads objects. The next call continues where this one stopped. */
const readMsMax = 60_000;
/** Some programs write an object under its name, byte by byte: until then, it is not complete. */
const unsoundAgeMsMin = 5_000;

interface Known {
  /** Paths without extension. */
  packs: Set<string>;
  /** How often the packs were listed, and the latest listing that is in `packs`. */
  listings: number;
  listing: number;
  /** Loose objects known to be in a pack. Forgotten if a pack has gone with its objects. */
  packed: Set<string>;
  /** Files whose content did not match their name, with their state at that time. */
  unsound: Map<string, string>;
  /** Whether a call has seen all loose objects. */
  isSeen: boolean;
  /** Unsound objects that stay where they are: they were there before any session, or it cannot be known what they are. */
  left: Set<string>;
}

/** The known objects, by objects directory. Several sessions may be guarded at the same time, and share what is known. */
const known = new Map<string, Known>();

/** Called with the paths of what a session has planted, and where it is now. */
export type OnPlanted = (moved: readonly { from: string; to: string }[]) => void;

interface Guarding {
  signal?: AbortSignal | undefined;
  timeLimitMs?: number;
  unsoundAgeMs?: number;
  onPlanted?: OnPlanted | undefined;
}

/**
 * Packs the loose objects that are in no pack, and keeps the loose ones; git reads packs first. Skips an object whose
 * content does not match its name: a session may have planted it.
 * @returns the number of objects that it read, all of which are in a pack now
 */
export async function guardObjects(repositoryPath: string, guarding: Guarding = {}): Promise<number> {
  const { signal } = guarding;
  const objects = join(await commonGitDir(repositoryPath, { signal }), 'objects');
  const packFolder = join(objects, 'pack');
  return withFileFailures('guard objects', signal, async () => {
    const now = await knownIn(objects);
    const sound = await soundLoose(objects, now, guarding);
    if (sound.length === 0) return 0;
    const isAll = await packObjects(repositoryPath, packFolder, sound, { signal });
    await knownIn(objects);
    // A session has replaced some of them since: the next call reads all of them again.
    if (!isAll) return 0;
    for (const id of sound) now.packed.add(id);
    return sound.length;
  });
}

/** Moves aside what ended sessions have planted, before any git reads it. Call `guardObjects` before a session. */
export async function clearPlanted(objects: string, guarding: Guarding = {}): Promise<void> {
  const now = known.get(objects);
  if (now?.isSeen) await soundLoose(objects, now, guarding);
}

/** What is known, after a look at the packs that are there now. */
async function knownIn(objects: string): Promise<Known> {
  const now = known.get(objects) ?? {
    ...{ packs: new Set(), listings: 0, listing: 0 },
    ...{ packed: new Set(), unsound: new Map(), isSeen: false, left: new Set() },
  };
  known.set(objects, now);
  now.listings += 1;
  const listing = now.listings;
  const folder = join(objects, 'pack');
  const indexes = (await filesIn(folder)).map(({ name }) => name).filter((name) => name.endsWith('.idx'));
  const packs = new Set(indexes.map((name) => join(folder, name.slice(0, -'.idx'.length))));
  if (listing < now.listing) return now;
  const isGone = (pack: string) => !packs.has(pack) && !packs.has(packNow(pack));
  if ([...now.packs].some(isGone)) now.packed.clear();
  now.packs = packs;
  now.listing = listing;
  return now;
}

/** The loose objects in no pack whose content matches their name. Moves aside what a session has planted. */
async function soundLoose(objects: string, now: Known, guarding: Guarding): Promise<string[]> {
  const { signal, timeLimitMs = readMsMax, unsoundAgeMs = unsoundAgeMsMin, onPlanted } = guarding;
  const { packed, unsound, left, isSeen } = now;
  const { ids, strange, closed } = await looseObjects(objects);
  for (const id of [...unsound.keys(), ...left]) if (!ids.has(id)) forget(now, id);
  if (isSeen) for (const name of closed) await openFolder(join(objects, name));
  const planted = isSeen ? strange : [];
  const sound: string[] = [];
  const readUntilMs = performance.now() + timeLimitMs;
  let isAll = true;
  for (const id of ids) {
    // Most are: a repository may have many thousands.
    if (packed.has(id)) continue;
    signal?.throwIfAborted();
    isAll = performance.now() <= readUntilMs;
    if (!isAll) break;
    const is = await soundnessOf(objects, id, unsound, signal);
    if (is === 'gone') continue;
    if (is === 'sound') sound.push(id);
    else if (!isSeen || is === 'unknown') left.add(id);
    else if (!left.has(id) && ageMsOf(join(objects, pathOf(id))) >= unsoundAgeMs) planted.push(pathOf(id));
  }
  now.isSeen ||= isAll;
  await moveAside(objects, planted, onPlanted);
  return sound;
}

const pathOf = (id: string) => join(id.slice(0, 2), id.slice(2));

function forget({ unsound, left }: Known, id: string): void {
  unsound.delete(id);
  left.delete(id);
}

/** A session can set every other time of a file as it likes. */
function ageMsOf(path: string): number {
  return Date.now() - (glanceAt(path)?.ctimeMs ?? Date.now());
}

/** `planted`: paths in `objects`, of folders or of what is in one. */
async function moveAside(
  objects: string,
  planted: readonly string[],
  onPlanted: OnPlanted | undefined,
): Promise<void> {
  const moved: { from: string; to: string }[] = [];
  for (const path of planted) {
    const to = join(objects, `moose-aside-${randomUUID()}`);
    const folder = holdFolder(join(objects, dirname(path)));
    try {
      if (folder === null) continue;
      await rename(join(folder.path, basename(path)), to);
      moved.push({ from: join(objects, path), to });
    } catch (error) {
      // Another call was faster.
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    } finally {
      folder?.close();
    }
  }
  if (moved.length > 0) onPlanted?.(moved);
}

/** A session can write here at any time, so links are not followed, and folders are held. All names are relative. */
async function looseObjects(objects: string) {
  const [ids, strange, closed] = [new Set<string>(), [] as string[], [] as string[]];
  const folders = await readdir(objects, { withFileTypes: true });
  await Promise.all(
    folders
      .filter(({ name }) => folderPattern.test(name))
      .map(async (entry) => {
        if (!entry.isDirectory()) return void strange.push(entry.name);
        const folder = holdFolder(join(objects, entry.name));
        if (folder === null) return;
        try {
          if (isClosed(folder.stat())) closed.push(entry.name);
          for (const file of await filesIn(folder.path)) {
            if (!filePattern.test(file.name)) continue;
            if (file.isFile()) ids.add(`${entry.name}${file.name}`);
            else strange.push(join(entry.name, file.name));
          }
        } finally {
          folder.close();
        }
      }),
  );
  return { ids, strange, closed };
}

/** Whether this user has closed the file or folder to itself: then git can read or write nothing there. */
function isClosed(found: Stats | null): boolean {
  const uid = process.geteuid?.();
  const needed = found?.isDirectory() ? 0o700 : 0o400;
  return found !== null && uid !== 0 && found.uid === uid && (found.mode & needed) !== needed;
}

async function openFolder(path: string): Promise<void> {
  const folder = holdFolder(path);
  try {
    if (folder) await chmod(folder.path, 0o700);
  } finally {
    folder?.close();
  }
}

async function filesIn(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

type Soundness = 'sound' | 'unsound' | 'unknown' | 'gone';

/** See gitformat-loose(5): an object's ID is the hash of its inflated content. */
async function soundnessOf(
  objects: string,
  id: string,
  unsound: Map<string, string>,
  signal?: AbortSignal,
): Promise<Soundness> {
  const hash = createHash(id.length === sha256Digits ? 'sha256' : 'sha1');
  let asItWas = '';
  let isBroken = false;
  const folder = holdFolder(join(objects, id.slice(0, 2)));
  if (folder === null) return 'gone';
  const path = join(folder.path, id.slice(2));
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return 'unsound';
      asItWas = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
      if (unsound.get(id) === asItWas) return 'unsound';
      const content = file.createReadStream({ autoClose: false });
      await pipeline(content, createInflate(), upTo(objectBytesMax), hash, signal ? { signal } : {});
      isBroken = true;
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!isUnreadable(error)) throw error;
    isBroken = isNotDeflated(error) || isClosed(glanceAt(path));
  } finally {
    folder.close();
  }
  if (hash.digest('hex') === id) return 'sound';
  unsound.set(id, asItWas);
  return isBroken ? 'unsound' : 'unknown';
}

class TooLong extends Error {
  readonly code = 'Z_TOO_LONG';
}

/** Stops a file that inflates endlessly. */
function upTo(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length;
      if (bytes > bytesMax) done(new TooLong(`It inflates to more than ${bytesMax} bytes.`));
      else done(null, chunk);
    },
  });
}

/** The file is gone, not readable by this user, or not deflated. */
function isUnreadable(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENXIO'].includes(code) || code.startsWith('Z_');
}

/** An object that is too large, or for which there is no memory, may be sound. */
function isNotDeflated(error: unknown): boolean {
  return ['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT', 'Z_STREAM_ERROR'].includes(errorCode(error) ?? '');
}
