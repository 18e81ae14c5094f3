// Removes what a session has put in place of git's own small files. A pipe blocks every git that reads it; a device or
// a huge file fills the memory; another `commondir` leads to another repository; through a link, or a ref that names
// another ref, git and Moose would write elsewhere. This is done for each entry.

import { constants, type Stats } from 'node:fs';
import { chmod, open, readlink, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { holdFolder } from '../stdx/held-folder.ts';
import { removeTree } from '../stdx/remove-tree.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { withFileFailures } from './file-failure.ts';
import { clearPlanted, type OnPlanted } from './guard-objects.ts';
import { isThere, lstatIfThere, readIfThere } from './is-there.ts';
import { putFile } from './put-file.ts';
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
  onPlanted?: OnPlanted;
}

/** For a session whose processes have ended: call this before any git reads what the session left. */
export async function clearAfterSession(repositoryPath: string, ended: EndedSession): Promise<void> {
  const { branch, signal, onPlanted } = ended;
  await withFileFailures('clear strange files', signal, async () => {
    const commonDir = await commonGitDir(repositoryPath, { signal });
    const worktreePath = await storedWorktreePath(ended.worktreePath);
    await inTurn(commonDir, signal, async () => {
      await clearStrangeFiles(commonDir);
      const entry = join(commonDir, 'worktrees', basename(worktreePath));
      if (await isThere(entry)) await mendEntry(entry, worktreePath, branch);
      if (await isThere(entry)) await mendGitFile(worktreePath, entry);
      await clearPlanted(join(commonDir, 'objects'), { signal, onPlanted });
      await takeSessionRefs(repositoryPath, worktreePath, { signal });
      if (branch === undefined) return;
      for (const name of ['refs/heads', 'logs/refs/heads'])
        await clearUnreadable(join(commonDir, name, dirname(branch)));
    });
  });
}

/** After this many worktrees, other work of this process gets its turn. */
const entriesAtOnce = 50;

/** For all worktrees, at any time: before git creates a worktree, it reads these files of all others. */
export async function clearStrangeFiles(commonDir: string): Promise<void> {
  for (const [index, entry] of (await worktreeEntries(commonDir)).entries()) {
    if (index % entriesAtOnce === entriesAtOnce - 1) await setImmediate();
    await openEntry(entry);
    await clearIn(entry);
  }
}

/**
 * `of`: the path in the entry. Inner folders are held: the session of the entry may still run, and put a link in their
 * place.
 */
async function clearIn(folder: string, of = '', inner: readonly string[] = innerFolders): Promise<void> {
  const names = namesNow(folder);
  for (const each of names) {
    const [path, name] = [join(folder, each), join(of, each)];
    if (isOrdinary(path, name) || !(await isStrange(path, name))) continue;
    // Removes the name itself, not the target of a link.
    await removeTree(path);
    if (name === 'commondir') await putFile(path, toRepository);
  }
  for (const each of inner.filter((name) => names.includes(name))) {
    const held = holdFolder(join(folder, each));
    if (held === null) continue;
    try {
      await clearIn(held.path, join(of, each), each === 'refs' ? refFolders : []);
    } finally {
      held.close();
    }
  }
}

/** Only the entry itself is safe to change in place: no session can put a link there. */
async function openEntry(entry: string): Promise<void> {
  const found = glanceAt(entry);
  if (found?.isDirectory() && isClosed(found)) await chmod(entry, 0o700);
}

/** Whether its owner has closed it to this process; root can read everything. */
function isClosed(found: Stats): boolean {
  const uid = process.geteuid?.();
  const needed = found.isDirectory() ? 0o700 : 0o400;
  return uid !== 0 && found.uid === uid && (found.mode & needed) !== needed;
}

/** Only called while nobody works there: a half-written file looks the same as a broken one. */
async function mendEntry(entry: string, worktreePath: string, branch?: string): Promise<void> {
  for (const [name, beginning] of Object.entries(beginnings)) {
    const path = join(entry, name);
    if ((await isThere(path)) && !beginning.test(await firstBytes(path))) await removeTree(path);
  }
  await write(join(entry, 'commondir'), toRepository);
  if (!(await isClaimed(entry))) await write(join(entry, 'gitdir'), `${join(worktreePath, '.git')}\n`);
  if (branch !== undefined && !(await isThere(join(entry, 'HEAD'))))
    await write(join(entry, 'HEAD'), `ref: refs/heads/${branch}\n`);
}

/** Another repository, which a session has made in a folder, stays: whoever uses the worktree next reports it. */
async function mendGitFile(worktreePath: string, entry: string): Promise<void> {
  const path = join(worktreePath, '.git');
  const found = await lstatIfThere(path);
  if (found === null || found.isDirectory()) return;
  const link = found.isFile() ? ((await readIfThere(path)) ?? '') : '';
  const leadsTo = link.startsWith('gitdir: ') ? link.slice('gitdir: '.length).trimEnd() : null;
  if (leadsTo !== null && resolve(worktreePath, leadsTo) === entry) return;
  await putFile(path, `gitdir: ${entry}\n`);
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

/** Folders of an entry that git reads, some of them also for another worktree. */
const innerFolders = ['logs', 'rebase-merge', 'rebase-apply', 'refs'];
const refFolders = ['bisect', 'rewritten', 'worktree'];

/** The size up to which git's own files are read; a folder blocks git only if it has one of these names. */
const onlyFiles = new Map([
  ...['HEAD', 'commondir', 'gitdir', 'moose-ready', 'locked'].map((name) => [name, lineBytesMax] as const),
  ...['rebase-merge', 'rebase-apply'].flatMap((folder) =>
    ['head-name', 'onto'].map((name) => [`${folder}/${name}`, lineBytesMax] as const),
  ),
  ...['index', 'logs/HEAD'].map((name) => [name, indexBytesMax] as const),
]);

const isOnlyFile = (name: string) => onlyFiles.has(name) || name.endsWith('.lock');

/** Files with one commit. git would follow the name of another ref in them, and move that one. */
const ofOneCommit = /^(?!FETCH_HEAD$)(?:[A-Z_]+_HEAD|AUTO_MERGE|MERGE_AUTOSTASH)$/;

const isTooLarge = (name: string, { size }: Stats) =>
  size > (onlyFiles.get(name) ?? (ofOneCommit.test(name) ? lineBytesMax : Number.POSITIVE_INFINITY));

const namesRef = (path: string, name: string) =>
  ofOneCommit.test(name) && readNow(path, lineBytesMax)?.startsWith('ref:') === true;

/** git can read nothing without these files, so they are created again. */
const beginnings: Readonly<Record<string, RegExp>> = {
  HEAD: /^(ref: refs\/[^\0]+|[0-9a-f]{40,64})\n?$/,
  index: /^DIRC/,
};

/**
 * Whether a glance already shows that git wrote it so. Almost all files are ordinary, and each session looks
 * at those of all worktrees, so this must be quick. `name` is the path in the entry.
 */
function isOrdinary(path: string, name: string): boolean {
  const found = glanceAt(path);
  if (found === null || isClosed(found)) return false;
  if (found.isDirectory()) return !isOnlyFile(name);
  if (!found.isFile() || isTooLarge(name, found) || namesRef(path, name)) return false;
  if (name === 'commondir') return readNow(path, lineBytesMax) === toRepository;
  return name !== 'gitdir' || /^\/[^\0\n]*\/\.git\n$/.test(readNow(path, lineBytesMax) ?? '');
}

async function isStrange(path: string, name: string): Promise<boolean> {
  const found = await lstatIfThere(path);
  if (found === null) return false;
  // git itself makes only one link, and no longer does so by default: HEAD, with the name of a ref.
  if (found.isSymbolicLink()) return name !== 'HEAD' || !(await readlink(path)).startsWith('refs/');
  if (isClosed(found)) return true;
  if (found.isDirectory()) return isOnlyFile(name);
  if (!found.isFile() || isTooLarge(name, found) || namesRef(path, name)) return true;
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

async function clearUnreadable(folder: string): Promise<void> {
  for (const name of namesNow(folder)) {
    const path = join(folder, name);
    if (!glanceAt(path)?.isFile() && (await isUnreadable(path))) await removeTree(path);
  }
}

/** True if it is neither a file nor a folder; follows links, because git does. */
async function isUnreadable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found !== null) return !found.isFile() && !found.isDirectory();
  return (await lstatIfThere(path))?.isSymbolicLink() ?? false;
}

/** Empty if it is not a file, or became something else. */
async function firstBytes(path: string): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(path, flags).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ELOOP', 'ENXIO', 'EACCES')) return null;
    throw error;
  });
  if (file === null) return '';
  try {
    if (!(await file.stat()).isFile()) return '';
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lineBytesMax), 0, lineBytesMax, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Writes nothing if the file already has this content. */
async function write(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) !== text) await putFile(path, text);
}
