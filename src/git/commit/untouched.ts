// Finds files that git calls changed though nobody has changed them: the repository has them in another form than its
// attributes ask for, for example with CRLF under `text`, or outside of Git LFS. Staged, they would be in every change
// (R-REPO-1).
import { createReadStream } from 'node:fs';
import { lstat, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';
import { worktreeGitDir } from '../worktree/worktree-list.ts';
import type { PathBytes } from './path-bytes.ts';

/** More files take too long to write again; then they count as changed. */
const filesMax = 20_000;
/** The attributes by which git converts what it stores. */
const converting = ['text', 'crlf', 'eol', 'ident', 'working-tree-encoding', 'filter'];

/**
 * Of the files that git calls modified, those that are exactly what git writes for their entries in the index of `own`.
 * None if the attributes change: then a new form may be what the change is about.
 */
export async function untouchedAmong(
  worktreePath: string,
  modified: readonly PathBytes[],
  own: GitCall,
): Promise<Set<PathBytes>> {
  if (modified.some((path) => /(?:^|\/)\.gitattributes$/.test(path))) return new Set();
  const converted = await convertedAmong(worktreePath, modified, own);
  if (converted.length === 0 || converted.length > filesMax) return new Set();
  const directory = await mkdtemp(join(await worktreeGitDir(worktreePath, own), 'moose-index-'));
  try {
    const input = Buffer.from(converted.map((path) => `${path}\0`).join(''), 'latin1');
    const written = ['checkout-index', '--quiet', '--force', `--prefix=${directory}/`, '-z', '--stdin'];
    // Exit code 1 or 128: one of them cannot be written; then it is not there.
    await runGit(worktreePath, written, { ...own, input, okExitCodes: [1, 128] });
    const same = new Set<PathBytes>();
    for (const path of converted) {
      const name = Buffer.from(`/${path}`, 'latin1');
      const [now, before] = [worktreePath, directory].map((root) => Buffer.concat([Buffer.from(root), name]));
      if (now && before && (await isSame(now, before))) same.add(path);
    }
    return same;
  } finally {
    await removeTree(directory);
  }
}

async function convertedAmong(
  worktreePath: string,
  paths: readonly PathBytes[],
  own: GitCall,
): Promise<PathBytes[]> {
  if (paths.length === 0) return [];
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  const asked = ['check-attr', '-z', '--stdin', ...converting];
  const { stdout } = await runGitBytes(worktreePath, asked, { ...own, input });
  const fields = splitNul(stdout.toString('latin1'));
  const found = new Set<PathBytes>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', , value = ''] = fields.slice(at, at + 3);
    if (value !== 'unspecified' && value !== 'unset') found.add(path);
  }
  return [...found];
}

async function isSame(one: Buffer, other: Buffer): Promise<boolean> {
  const [now, before] = await Promise.all([statOf(one), statOf(other)]);
  if (!now?.isFile() || !before?.isFile()) return false;
  const isExecutable = (mode: number) => (mode & 0o100) !== 0;
  if (now.size !== before.size || isExecutable(now.mode) !== isExecutable(before.mode)) return false;
  const others = createReadStream(other)[Symbol.asyncIterator]();
  // Both are read in chunks of one size.
  for await (const chunk of createReadStream(one) as AsyncIterable<Buffer>) {
    const next = (await others.next()) as IteratorResult<Buffer>;
    if (next.done || !chunk.equals(next.value)) return false;
  }
  return true;
}

async function statOf(path: Buffer) {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
