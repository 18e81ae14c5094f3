// Converts a worktree's files into a tree object through a separate index: the worktree's own index, HEAD and files do
// not change, so a crash or a refusal leaves no trace.

import { copyFile, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../stdx/system-error.ts';
import { isThere } from './is-there.ts';
import { splitNul } from './revision.ts';
import { type GitCall, runGit, runGitBytes } from './run-git.ts';
import { worktreeGitDir } from './worktree-list.ts';

/** File names byte for byte: each character is one byte. `shownPath` makes them readable. */
export type PathBytes = string;

export interface WorkingChanges {
  /** Tracked in the starting commit, and different now. */
  modified: PathBytes[];
  /** Tracked in the starting commit but gone now, also if a link or a file replaced the directory. */
  deleted: PathBytes[];
  /** Neither tracked in the starting commit nor ignored. */
  untracked: PathBytes[];
  /** Directories that contain a separate git repository, with a trailing `/`. */
  nested: PathBytes[];
}

export interface ScratchIndex {
  changes(): Promise<WorkingChanges>;
  stage(changes: { present: readonly PathBytes[]; deleted: readonly PathBytes[] }): Promise<void>;
  writeTree(): Promise<string>;
}

/** Files that can be generated again: they are only committed if they are already tracked. */
export const derivedPatterns: readonly string[] = [
  'node_modules/',
  '__pycache__/',
  '*.py[co]',
  '.pytest_cache/',
  '.mypy_cache/',
  '.ruff_cache/',
  '.tox/',
  '.nox/',
  '.venv/',
  '.gradle/',
  '.aider*',
  '.DS_Store',
];

/** `startFrom`: the commit with which files are compared; null for the empty tree. */
export async function withScratchIndex<T>(
  worktreePath: string,
  startFrom: string | null,
  call: GitCall,
  use: (index: ScratchIndex) => Promise<T>,
): Promise<T> {
  const gitDir = await worktreeGitDir(worktreePath, call);
  // In git's own directory for the worktree, so that leftovers of a crash disappear with the worktree.
  const directory = await mkdtemp(join(gitDir, 'moose-index-'));
  try {
    const indexPath = join(directory, 'index');
    await copyIndex(gitDir, indexPath);
    const own: GitCall = { ...call, env: { ...call.env, GIT_INDEX_FILE: indexPath } };
    if (startFrom !== null) await unmark(worktreePath, own);
    await runGit(
      worktreePath,
      ['read-tree', ...(startFrom === null ? ['--empty'] : ['--reset', startFrom])],
      own,
    );
    return await use({
      changes: () => listChanges(worktreePath, own),
      stage: async ({ present, deleted }) => {
        await updateIndex(worktreePath, ['--force-remove'], deleted, own);
        await updateIndex(worktreePath, ['--add', '--remove', '--replace'], present, own);
      },
      writeTree: async () => (await runGit(worktreePath, ['write-tree'], own)).stdout.trim(),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function shownPath(path: PathBytes): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/**
 * Copies what git knows about unchanged files, so that they are not read again. The copy keeps the age of the original,
 * rounded down: git distrusts its knowledge of a file that is not older than the index (gitracy(7)), and a younger
 * index would make it miss a change of the same size in the same second.
 */
async function copyIndex(gitDir: string, indexPath: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(join(gitDir, 'index'));
    await copyFile(join(gitDir, 'index'), indexPath);
    const modifiedAtSeconds = (Math.floor(mtimeMs) - 1) / 1_000;
    await utimes(indexPath, modifiedAtSeconds, modifiedAtSeconds);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

/**
 * A program in the worktree can mark files in its index, and then git looks at them no more. In a sparse checkout, git
 * itself marks those that are not there.
 */
export async function unmark(worktreePath: string, own: GitCall): Promise<void> {
  const listed = (await listBytes(worktreePath, ['ls-files', '-v', '-z'], own)).map(markedPath);
  const assumed = listed.flatMap(({ isAssumed, path }) => (isAssumed ? [path] : []));
  const skipped = listed.flatMap(({ isSkipped, path }) => (isSkipped ? [path] : []));
  await updateIndex(worktreePath, ['--no-assume-unchanged'], assumed, own);
  if (skipped.length === 0) return;
  const isSparse = await isSparseCheckout(worktreePath, own);
  const seen: PathBytes[] = [];
  for (const path of skipped)
    if (!isSparse || (await isThere(join(worktreePath, shownPath(path))))) seen.push(path);
  await updateIndex(worktreePath, ['--no-skip-worktree'], seen, own);
}

/** `ls-files -v`: a small letter for what is assumed to be unchanged, and S for what is not looked at. */
function markedPath(line: string) {
  const [tag = ''] = line;
  return { path: line.slice(2), isAssumed: tag !== tag.toUpperCase(), isSkipped: tag.toUpperCase() === 'S' };
}

async function isSparseCheckout(worktreePath: string, own: GitCall): Promise<boolean> {
  const asked = ['config', '--type=bool', '--default=false', 'core.sparseCheckout'];
  return (await runGit(worktreePath, asked, own)).stdout.trim() === 'true';
}

async function listChanges(worktreePath: string, own: GitCall): Promise<WorkingChanges> {
  const tracked = await listBytes(
    worktreePath,
    ['diff-files', '-z', '--name-status', '--no-ext-diff', '--ignore-submodules=dirty'],
    own,
  );
  const others = await listBytes(
    worktreePath,
    [
      'ls-files',
      '-z',
      '--others',
      '--exclude-standard',
      ...derivedPatterns.map((pattern) => `--exclude=${pattern}`),
    ],
    own,
  );
  const changes: WorkingChanges = { modified: [], deleted: [], untracked: [], nested: [] };
  for (let at = 0; at + 1 < tracked.length; at += 2) {
    (tracked[at] === 'D' ? changes.deleted : changes.modified).push(tracked[at + 1] ?? '');
  }
  for (const path of others) (path.endsWith('/') ? changes.nested : changes.untracked).push(path);
  return changes;
}

async function listBytes(worktreePath: string, args: readonly string[], own: GitCall): Promise<PathBytes[]> {
  const { stdout } = await runGitBytes(worktreePath, args, own);
  return splitNul(stdout.toString('latin1'));
}

async function updateIndex(
  worktreePath: string,
  options: readonly string[],
  paths: readonly PathBytes[],
  own: GitCall,
): Promise<void> {
  if (paths.length === 0) return;
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  await runGit(worktreePath, ['update-index', ...options, '-z', '--stdin'], { ...own, input });
}
