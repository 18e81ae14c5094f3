// Protects a repository's objects from its sessions (R-SEC-5). A session that can commit can also delete or overwrite loose
// objects, but packs are read-only to it. So each loose object is also stored in a pack.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { withFileFailures } from './file-failure.ts';
import { runGit } from './run-git.ts';
import { commonGitDir } from './worktree-list.ts';

const folderPattern = /^[0-9a-f]{2}$/;
const filePattern = /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/;
const sha256Digits = 64;

/** For each objects directory: the loose objects known to be in a pack. Valid as long as the packs do not change. */
const known = new Map<string, { packs: string; packed: Set<string> }>();

/**
 * Packs the loose objects that are in no pack, and keeps the loose ones; git reads packs first. Skips an object whose content
 * does not match its name: a session may have planted it.
 *
 * @returns how many objects were packed
 */
export async function guardObjects(
  repositoryPath: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const objects = join(await commonGitDir(repositoryPath, { signal }), 'objects');
  const packFolder = join(objects, 'pack');
  return withFileFailures('guard objects', signal, async () => {
    const packs = (await namesIn(packFolder)).filter((name) => name.endsWith('.idx')).join();
    const before = known.get(objects);
    const packed = before?.packs === packs ? before.packed : new Set<string>();
    known.set(objects, { packs, packed });
    const sound: string[] = [];
    for (const id of await looseObjects(objects)) {
      signal?.throwIfAborted();
      if (!packed.has(id) && (await isSound(objects, id, signal))) sound.push(id);
    }
    if (sound.length === 0) return 0;
    const args = ['pack-objects', '--quiet', '--incremental', '--window=0', join(packFolder, 'pack')];
    const { stdout } = await runGit(repositoryPath, args, { signal, input: `${sound.join('\n')}\n` });
    for (const id of sound) packed.add(id);
    const after = (await namesIn(packFolder)).filter((name) => name.endsWith('.idx')).join();
    known.set(objects, { packs: after, packed });
    return stdout === '' ? 0 : sound.length;
  });
}

/** A session writes here, so links are not followed. */
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

/** gitformat-loose: the ID is the hash of the file's inflated content. */
async function isSound(objects: string, id: string, signal?: AbortSignal): Promise<boolean> {
  const path = join(objects, id.slice(0, 2), id.slice(2));
  const hash = createHash(id.length === sha256Digits ? 'sha256' : 'sha1');
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) return false;
      await pipeline(
        file.createReadStream({ autoClose: false }),
        createInflate(),
        hash,
        signal ? { signal } : {},
      );
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (isUnreadable(error)) return false;
    throw error;
  }
  return hash.digest('hex') === id;
}

/** Gone, not readable by this user, or not deflated. */
function isUnreadable(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENXIO'].includes(code) || code.startsWith('Z_');
}
