// Protects a repository's objects from its sessions (R-SEC-5). A session that can commit can also delete or overwrite
// loose objects, but packs are read-only for it. So each loose object is also stored in a pack.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { errorCode } from '../stdx/system-error.ts';
import { withFileFailures } from './file-failure.ts';
import { packNow } from './join-packs.ts';
import { runGit } from './run-git.ts';
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
}

/** The known objects, by objects directory. Several sessions may be guarded at the same time, and share what is known. */
const known = new Map<string, Known>();

/**
 * Packs the loose objects that are in no pack, and keeps the loose ones; git reads packs first. Skips an object whose
 * content does not match its name: a session may have planted it.
 * @returns the number of objects that it read, all of which are in a pack now
 */
export async function guardObjects(
  repositoryPath: string,
  { signal, timeLimitMs = readMsMax }: { signal?: AbortSignal | undefined; timeLimitMs?: number } = {},
): Promise<number> {
  const objects = join(await commonGitDir(repositoryPath, { signal }), 'objects');
  const packFolder = join(objects, 'pack');
  return withFileFailures('guard objects', signal, async () => {
    const { packed, unsound } = await knownIn(objects);
    const loose = new Set(await looseObjects(objects));
    for (const id of unsound.keys()) if (!loose.has(id)) unsound.delete(id);
    const sound: string[] = [];
    const readUntilMs = performance.now() + timeLimitMs;
    for (const id of loose) {
      // Most are: a repository may have many thousands.
      if (packed.has(id)) continue;
      signal?.throwIfAborted();
      if (performance.now() > readUntilMs) break;
      if (await isSound(objects, id, unsound, signal)) sound.push(id);
    }
    if (sound.length === 0) return 0;
    const args = ['pack-objects', '--quiet', '--incremental', '--window=0', join(packFolder, 'pack')];
    await runGit(repositoryPath, args, { signal, input: `${sound.join('\n')}\n` });
    await knownIn(objects);
    for (const id of sound) packed.add(id);
    return sound.length;
  });
}

/** What is known, after a look at the packs that are there now. */
async function knownIn(objects: string): Promise<Known> {
  const now = known.get(objects) ?? {
    ...{ packs: new Set(), listings: 0, listing: 0 },
    ...{ packed: new Set(), unsound: new Map() },
  };
  known.set(objects, now);
  now.listings += 1;
  const listing = now.listings;
  const folder = join(objects, 'pack');
  const indexes = (await namesIn(folder)).filter((name) => name.endsWith('.idx'));
  const packs = new Set(indexes.map((name) => join(folder, name.slice(0, -'.idx'.length))));
  if (listing < now.listing) return now;
  const isGone = (pack: string) => !packs.has(pack) && !packs.has(packNow(pack));
  if ([...now.packs].some(isGone)) now.packed.clear();
  now.packs = packs;
  now.listing = listing;
  return now;
}

/** A session can write here, so links are not followed. */
async function looseObjects(objects: string): Promise<string[]> {
  const folders = await readdir(objects, { withFileTypes: true });
  const ids = await Promise.all(
    folders
      .filter((folder) => folder.isDirectory() && folderPattern.test(folder.name))
      .map(async ({ name }) => {
        const files = await namesIn(join(objects, name));
        return files.filter((file) => filePattern.test(file)).map((file) => `${name}${file}`);
      }),
  );
  return ids.flat();
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

/** See gitformat-loose(5): an object's ID is the hash of its inflated content. */
async function isSound(
  objects: string,
  id: string,
  unsound: Map<string, string>,
  signal?: AbortSignal,
): Promise<boolean> {
  const path = join(objects, id.slice(0, 2), id.slice(2));
  const hash = createHash(id.length === sha256Digits ? 'sha256' : 'sha1');
  let asItWas = '';
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return false;
      asItWas = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
      if (unsound.get(id) === asItWas) return false;
      const content = file.createReadStream({ autoClose: false });
      await pipeline(content, createInflate(), upTo(objectBytesMax), hash, signal ? { signal } : {});
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!isUnreadable(error)) throw error;
  }
  if (hash.digest('hex') === id) return true;
  unsound.set(id, asItWas);
  return false;
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
