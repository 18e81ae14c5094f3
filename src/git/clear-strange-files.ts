// Removes what a session has put in place of git's own small files: a pipe blocks every git that reads it, a
// device or a huge file fills the memory, and another `commondir` leads to another repository. This is done
// for each entry.

import { open, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { removeTree } from '../stdx/remove-tree.ts';
import { withFileFailures } from './file-failure.ts';
import { isThere, lstatIfThere, readIfThere } from './is-there.ts';
import { glanceAt, namesNow, readNow } from './read-now.ts';
import { inTurn } from './repository-turn.ts';
import { takeSessionRefs } from './session-refs.ts';
import { readyMark } from './worktree-entry.ts';
import { commonGitDir, storedWorktreePath, worktreeEntries } from './worktree-list.ts';

const lineBytesMax = 8 * 1024;
/** The size of an index for about ten million files. */
const indexBytesMax = 1024 ** 3;

/** The content that git writes into `commondir` for every new worktree. */
const toRepository = '../..\n';

export interface EndedSession {
  worktreePath: string;
  /** The session's branch; if absent, the files of its refs are left as they are. */
  branch?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** For a session whose processes have ended: call this before any git reads what the session left. */
export async function clearAfterSession(repositoryPath: string, ended: EndedSession): Promise<void> {
  const { branch, signal } = ended;
  await withFileFailures('clear strange files', signal, async () => {
    const commonDir = await commonGitDir(repositoryPath, { signal });
    const worktreePath = await storedWorktreePath(ended.worktreePath);
    await inTurn(commonDir, signal, async () => {
      await clearStrangeFiles(commonDir);
      const entry = join(commonDir, 'worktrees', basename(worktreePath));
      if (await isThere(entry)) await mendEntry(entry, worktreePath, branch);
      await takeSessionRefs(repositoryPath, worktreePath, { signal });
      if (branch === undefined) return;
      for (const name of ['refs/heads', 'logs/refs/heads'])
        for (const path of filesIn(join(commonDir, name, dirname(branch))))
          if (!glanceAt(path)?.isFile() && (await isUnreadable(path))) await remove(path);
    });
  });
}

/** After this many worktrees, other work of this process gets its turn. */
const entriesAtOnce = 50;

/** For all worktrees, at any time: before git creates a worktree, it reads these files of all others. */
export async function clearStrangeFiles(commonDir: string): Promise<void> {
  for (const [index, entry] of (await worktreeEntries(commonDir)).entries()) {
    if (index % entriesAtOnce === entriesAtOnce - 1) await setImmediate();
    for (const path of filesIn(entry)) {
      if (isOrdinary(path) || !(await isStrange(path))) continue;
      await remove(path);
      if (basename(path) === 'commondir') await writeFile(path, toRepository);
    }
  }
}

/** Only called while nobody works there: a half-written file looks the same as a broken one. */
async function mendEntry(entry: string, worktreePath: string, branch?: string): Promise<void> {
  for (const [name, beginning] of Object.entries(beginnings)) {
    const path = join(entry, name);
    if ((await isThere(path)) && !beginning.test(await firstBytes(path))) await remove(path);
  }
  await write(join(entry, 'commondir'), toRepository);
  if (!(await isClaimed(entry))) await write(join(entry, 'gitdir'), `${join(worktreePath, '.git')}\n`);
  if (branch !== undefined && !(await isThere(join(entry, 'HEAD'))))
    await write(join(entry, 'HEAD'), `ref: refs/heads/${branch}\n`);
}

/** Whether the entry's `gitdir` names a path that leads back to the entry, or a path that does not exist. */
async function isClaimed(entry: string): Promise<boolean> {
  const named = (await readIfThere(join(entry, 'gitdir')))?.trimEnd();
  if (!named || named.includes('\0')) return false;
  const path = resolve(entry, named);
  if (!(await isThere(join(entry, readyMark))) || !(await isThere(path))) return true;
  const link = (await readIfThere(path))?.trimEnd();
  return link !== undefined && resolve(dirname(path), link.slice('gitdir: '.length)) === entry;
}

/** The files directly in the folder, and those in its `logs`. */
function filesIn(folder: string): string[] {
  const names = namesNow(folder);
  const logs = names.includes('logs') ? namesNow(join(folder, 'logs')) : [];
  return [...names, ...logs.map((name) => join('logs', name))].map((name) => join(folder, name));
}

/** A folder blocks git only if it has the name of one of these files. */
const onlyFiles = new Set(['HEAD', 'commondir', 'gitdir', 'index', 'moose-ready', 'locked']);

/** git can read nothing without these files, so they are created again. */
const beginnings: Readonly<Record<string, RegExp>> = {
  HEAD: /^(ref: refs\/[^\0]+|[0-9a-f]{40,64})\n?$/,
  index: /^DIRC/,
};

/**
 * Whether a glance already shows that git wrote it so. Almost all files are ordinary, and each session looks
 * at those of all worktrees, so this must be quick.
 */
function isOrdinary(path: string): boolean {
  const name = basename(path);
  const found = glanceAt(path);
  if (found?.isDirectory()) return !onlyFiles.has(name);
  if (!found?.isFile()) return false;
  if (onlyFiles.has(name) && found.size > (name === 'index' ? indexBytesMax : lineBytesMax)) return false;
  if (name === 'commondir') return readNow(path, lineBytesMax) === toRepository;
  return name !== 'gitdir' || /^\/[^\0\n]*\/\.git\n$/.test(readNow(path, lineBytesMax) ?? '');
}

async function isStrange(path: string): Promise<boolean> {
  if (await isUnreadable(path)) return true;
  const name = basename(path);
  const found = await stat(path).catch(() => null);
  if (found === null || found.isDirectory()) return found !== null && onlyFiles.has(name);
  if (onlyFiles.has(name) && found.size > (name === 'index' ? indexBytesMax : lineBytesMax)) return true;
  if (name !== 'gitdir' && name !== 'commondir') return false;
  const named = (await readIfThere(path))?.trimEnd() ?? '';
  // An empty file is just being written.
  if (named === '') return false;
  return name === 'gitdir' ? !(await isPath(named, path)) : named !== toRepository.trimEnd();
}

/** A path that does not exist is fine, but an invalid path stops every git that lists worktrees. */
async function isPath(named: string, gitdir: string): Promise<boolean> {
  if (!/^[^\0\n]*\/\.git$/.test(named)) return false;
  return isAbsolute(named) || isThere(resolve(dirname(gitdir), dirname(named)));
}

/** True if it is neither a file nor a folder; follows links, because git does. */
async function isUnreadable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found !== null) return !found.isFile() && !found.isDirectory();
  return (await lstatIfThere(path))?.isSymbolicLink() ?? false;
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lineBytesMax), 0, lineBytesMax, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Removes the name itself, not the target of a link. */
async function remove(path: string): Promise<void> {
  await removeTree(path);
}

/** Writes nothing if the file already has this content. */
async function write(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) === text) return;
  await remove(path);
  await writeFile(path, text);
}
