// What a session has put in the place of git's own small files: a pipe holds every git that reads it, a device or a huge
// file fills the machine's memory, and another `commondir` leads to another repository. All of it goes, for each entry.

import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { removeTree } from '../stdx/remove-tree.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { withFileFailures } from './file-failure.ts';
import { isThere, lstatIfThere, readIfThere } from './is-there.ts';
import { inTurn } from './repository-turn.ts';
import { readyMark } from './worktree-entry.ts';
import { commonGitDir, storedWorktreePath, worktreeEntries } from './worktree-list.ts';

const lineBytesMax = 8 * 1024;
/** An index of some ten million files. */
const indexBytesMax = 1024 ** 3;

/** What git writes there for every worktree that it makes. */
const toRepository = '../..\n';

export interface EndedSession {
  worktreePath: string;
  /** Left out: its references stay as they are. */
  branch?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** For a session whose processes are gone: before any git reads what it has left. */
export async function clearAfterSession(repositoryPath: string, ended: EndedSession): Promise<void> {
  const { branch, signal } = ended;
  await withFileFailures('clear strange files', signal, async () => {
    const commonDir = await commonGitDir(repositoryPath, { signal });
    const worktreePath = await storedWorktreePath(ended.worktreePath);
    await inTurn(commonDir, signal, async () => {
      await clearStrangeFiles(commonDir);
      const entry = join(commonDir, 'worktrees', basename(worktreePath));
      if (await isThere(entry)) await mendEntry(entry, worktreePath, branch);
      if (branch === undefined) return;
      for (const name of ['refs/heads', 'logs/refs/heads'])
        for (const path of await filesIn(join(commonDir, name, dirname(branch))))
          if (await isUnreadable(path)) await remove(path);
    });
  });
}

/** Of all worktrees, at any moment: git reads these files of each before it makes another one. */
export async function clearStrangeFiles(commonDir: string): Promise<void> {
  const entries = await worktreeEntries(commonDir);
  for (const path of (await Promise.all(entries.map(filesIn))).flat()) {
    if (!(await isStrange(path))) continue;
    await remove(path);
    if (basename(path) === 'commondir') await writeFile(path, toRepository);
  }
}

/** Where nobody is at work: what a git that is just making it has half written would not be told from what is broken. */
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

/** Whether it names a path: one that leads back to it, or one where nothing is. */
async function isClaimed(entry: string): Promise<boolean> {
  const named = (await readIfThere(join(entry, 'gitdir')))?.trimEnd();
  if (!named || named.includes('\0')) return false;
  const path = resolve(entry, named);
  if (!(await isThere(join(entry, readyMark))) || !(await isThere(path))) return true;
  const link = (await readIfThere(path))?.trimEnd();
  return link !== undefined && resolve(dirname(path), link.slice('gitdir: '.length)) === entry;
}

/** Those directly in it, and those of its logs. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  const logs = names.includes('logs') ? await namesIn(join(folder, 'logs')) : [];
  return [...names, ...logs.map((name) => join('logs', name))].map((name) => join(folder, name));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** A folder's own files have names of their own: it stands in nobody's way, but in that of one of these. */
const onlyFiles = new Set(['HEAD', 'commondir', 'gitdir', 'index', 'moose-ready', 'locked']);

/** What git reads nothing without: it is made anew. */
const beginnings: Readonly<Record<string, RegExp>> = {
  HEAD: /^(ref: refs\/[^\0]+|[0-9a-f]{40,64})\n?$/,
  index: /^DIRC/,
};

async function isStrange(path: string): Promise<boolean> {
  if (await isUnreadable(path)) return true;
  const name = basename(path);
  const found = await stat(path).catch(() => null);
  if (found === null || found.isDirectory()) return found !== null && onlyFiles.has(name);
  if (onlyFiles.has(name) && found.size > (name === 'index' ? indexBytesMax : lineBytesMax)) return true;
  if (name !== 'gitdir' && name !== 'commondir') return false;
  const named = (await readIfThere(path))?.trimEnd() ?? '';
  // Empty: just being written.
  if (named === '') return false;
  return name === 'gitdir' ? !(await isPath(named, path)) : named !== toRepository.trimEnd();
}

/** One that leads nowhere is good; one that is none stops every git that lists worktrees. */
async function isPath(named: string, gitdir: string): Promise<boolean> {
  if (!/^[^\0\n]*\/\.git$/.test(named)) return false;
  return isAbsolute(named) || isThere(resolve(dirname(gitdir), dirname(named)));
}

/** Neither a file nor a folder; through a link: it is what git would read. */
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

/** Whatever it is that has the name: not what a link leads to. */
async function remove(path: string): Promise<void> {
  await removeTree(path);
}

/** Nothing is written where it says that already. */
async function write(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) === text) return;
  await remove(path);
  await writeFile(path, text);
}
