// Converts a worktree's files into a tree object through a separate index: the worktree's own index, HEAD and files do
// not change, so a crash or a refusal leaves no trace.

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { renamePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertCommit, splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere, readIfThere } from '../run/is-there.ts';
import { lookAfter } from '../run/look-after.ts';
import { glanceAt } from '../run/read-now.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';
import { headState } from '../worktree/head-state.ts';
import { worktreeGitDir } from '../worktree/worktree-list.ts';
import type { PathBytes } from './path-bytes.ts';
import { untouchedAmong } from './untouched.ts';

export interface WorkingChanges {
  /** Tracked in the starting commit, and different now. Not what only git's conversions make different. */
  modified: PathBytes[];
  /** Tracked in the starting commit but gone now, also if a link or a file replaced the directory. */
  deleted: PathBytes[];
  /** Neither tracked in the starting commit nor ignored. */
  untracked: PathBytes[];
  /** Directories that contain a separate git repository, with a trailing `/`. */
  nested: PathBytes[];
  /** The submodules of the starting commit. */
  submodules: PathBytes[];
}

export interface ScratchIndex {
  /** For other questions to git about this index. */
  call: GitCall;
  changes(): Promise<WorkingChanges>;
  stage(changes: { present: readonly PathBytes[]; deleted: readonly PathBytes[] }): Promise<void>;
  writeTree(): Promise<string>;
  /** Makes it the worktree's own index, which then matches the tree. It can do nothing more. */
  adopt(): Promise<void>;
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

/** The names of folders among them. */
export const derivedFolders: ReadonlySet<string> = new Set(
  derivedPatterns.filter((pattern) => pattern.endsWith('/')).map((pattern) => pattern.slice(0, -1)),
);

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
    const own = await fillIndex(worktreePath, { indexPath: join(directory, 'index'), startFrom }, call);
    return await use({
      call: own,
      changes: () => listChanges(worktreePath, own),
      stage: async ({ present, deleted }) => {
        await updateIndex(worktreePath, ['--force-remove'], deleted, own);
        await updateIndex(worktreePath, ['--add', '--remove', '--replace'], present, own);
      },
      writeTree: async () => (await runGit(worktreePath, ['write-tree'], own)).stdout.trim(),
      adopt: () => renamePassing(join(directory, 'index'), join(gitDir, 'index')),
    });
  } finally {
    await removeTree(directory);
  }
}

export function shownPath(path: PathBytes): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/**
 * Replaces the worktree's own index by one that matches `commit`. Call this while nothing runs in the worktree: git
 * trusts the index, and a program there could mark a changed file as unchanged.
 */
export async function rebuildIndex(worktreePath: string, commit: string, call: GitCall): Promise<void> {
  const gitDir = await worktreeGitDir(worktreePath, call);
  const directory = await mkdtemp(join(gitDir, 'moose-index-'));
  try {
    const indexPath = join(directory, 'index');
    const own = await fillIndex(worktreePath, { indexPath, startFrom: commit }, call);
    // Exit code 1: some files differ.
    const refresh = ['update-index', '-q', '--ignore-submodules', '--refresh'];
    await runGit(worktreePath, refresh, { ...own, okExitCodes: [1] });
    await renamePassing(indexPath, join(gitDir, 'index'));
  } finally {
    await removeTree(directory);
  }
}

/** Knows no file yet, so git reads every one again, and the worktree's own index is not trusted. */
async function fillIndex(
  worktreePath: string,
  { indexPath, startFrom }: { indexPath: string; startFrom: string | null },
  call: GitCall,
): Promise<GitCall> {
  const own: GitCall = { ...call, env: { ...call.env, GIT_INDEX_FILE: indexPath } };
  await runGit(worktreePath, ['read-tree', startFrom ?? '--empty'], own);
  if (startFrom === null) return own;
  await updateIndex(worktreePath, ['--skip-worktree'], await leftOut(worktreePath, own), own);
  return own;
}

/** Files that are absent because git was told to leave them out (sparse checkout), by the project or by a session. */
async function leftOut(worktreePath: string, own: GitCall): Promise<PathBytes[]> {
  const { GIT_INDEX_FILE: _scratch, ...env } = own.env ?? {};
  const told: string[] = [];
  if (await isSparseCheckout(worktreePath, own))
    told.push(...(await listBytes(worktreePath, marked, { ...own, env })));
  const ofSession = join(worktreePath, '.git');
  if ((await readIfThere(join(ofSession, 'info', 'sparse-checkout'))) !== null)
    told.push(...(await toldBySession(worktreePath, join(ofSession, 'index'), { ...own, env })));
  if (told.length === 0) return [];
  const known = new Set(await listBytes(worktreePath, ['ls-files', '-z'], own));
  const absent = new Set<PathBytes>();
  for (const { path, isSkipped } of told.map(markedPath))
    if (isSkipped && known.has(path) && !(await isThere(join(worktreePath, shownPath(path)))))
      absent.add(path);
  return [...absent];
}

const marked = ['ls-files', '-v', '-z'];

/** An index that git cannot read says nothing. */
async function toldBySession(worktreePath: string, index: string, own: GitCall): Promise<string[]> {
  if (glanceAt(index)?.isFile() !== true) return [];
  try {
    return await listBytes(worktreePath, marked, { ...own, env: { ...own.env, GIT_INDEX_FILE: index } });
  } catch (cause) {
    own.signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    return [];
  }
}

/** `ls-files -v` marks a file with S if git does not look at it. */
function markedPath(line: string) {
  return { path: line.slice(2), isSkipped: line.startsWith('S') || line.startsWith('s') };
}

async function isSparseCheckout(worktreePath: string, own: GitCall): Promise<boolean> {
  const asked = ['config', '--type=bool', '--default=false', 'core.sparseCheckout'];
  return (await runGit(worktreePath, asked, own)).stdout.trim() === 'true';
}

const lookForChanges = ['--porcelain=v2', '-z', '--no-renames', '--untracked-files=no'];
const lookForOthers = ['-z', '-t', '--stage', '--others', '--exclude-standard'];

async function listChanges(worktreePath: string, own: GitCall): Promise<WorkingChanges> {
  // Writes into the index what it has read of the files.
  const writing: GitCall = { ...own, env: { ...own.env, GIT_OPTIONAL_LOCKS: '1' } };
  const status = ['status', ...lookForChanges, '--ignore-submodules=dirty'];
  const lines = await listBytes(worktreePath, status, writing).catch((failure: unknown) =>
    lookAfter(failure, async () => {
      await assertHeadCommit(worktreePath, own);
      throw failure;
    }),
  );
  // The settings of a person may add headers.
  const tracked = lines.filter((line) => !line.startsWith('# ')).map(changeOf);
  const patterns = derivedPatterns.map((pattern) => `--exclude=${pattern}`);
  const listed = await listBytes(worktreePath, ['ls-files', ...lookForOthers, ...patterns], own);
  const others = listed.filter((line) => line.startsWith('? ')).map((line) => line.slice(2));
  const isDeleted = ({ kind }: { kind: string }) => kind === 'D';
  const changed = tracked.filter((each) => each.kind !== '.' && !isDeleted(each)).map(({ path }) => path);
  const untouched = await untouchedAmong(worktreePath, changed, own);
  return {
    modified: changed.filter((path) => !untouched.has(path)),
    deleted: tracked.filter(isDeleted).map(({ path }) => path),
    untracked: others.filter((path) => !path.endsWith('/')),
    nested: others.filter((path) => path.endsWith('/')),
    submodules: listed.flatMap((line) => /^[^?] 160000 [^\t]*\t(.*)$/s.exec(line)?.[1] ?? []),
  };
}

/** git compares with HEAD too, and says only that it is bad. @throws COMMIT_MISSING */
async function assertHeadCommit(worktreePath: string, call: GitCall): Promise<void> {
  const { sha } = await headState(worktreePath, call);
  if (sha !== null) await assertCommit(worktreePath, sha, call);
}

/** A line of `git status`: how the file differs from the index. */
function changeOf(line: string): { kind: string; path: PathBytes } {
  return { kind: line[3] ?? '.', path: line.split(' ').slice(8).join(' ') };
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
  const args = ['update-index', ...options, '-z', '--stdin'];
  const { stderr } = await runGit(worktreePath, args, { ...own, input });
  // git leaves it out, and ends as if nothing had happened.
  const [, refused] = /^Ignoring path (.*)$/m.exec(stderr) ?? [];
  if (refused === undefined) return;
  throw gitFailures.FORBIDDEN_CHANGE('commit', {
    path: refused,
    reason: 'git stores no file of this name',
    more: '',
    advice: 'Rename it.',
  });
}
