// The files that git ignores in a worktree, which no commit contains.
import { splitNul } from '../read/revision.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import type { WorkingFilesCall } from './working-files.ts';

/** A folder with only ignored files is one path, without a trailing slash. Does not look behind symbolic links. */
export async function listIgnored(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const asked = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const { stdout } = await runGit(worktreePath, asked, { ...call, timeoutMs: checkoutTimeoutMs });
  return splitNul(stdout).map((path) => path.replace(/\/$/, ''));
}

/** What git does not track, ignored or not; a folder with nothing tracked is one path. Null if tracked files differ from the index. */
export async function listUntracked(
  worktreePath: string,
  call: WorkingFilesCall = {},
): Promise<string[] | null> {
  const { exitCode } = await runGit(worktreePath, ['diff', '--quiet', '--ignore-submodules=dirty'], {
    ...call,
    okExitCodes: [0, 1],
  });
  if (exitCode === 1) return null;
  const asked = ['ls-files', '-z', '--others', '--exclude-standard', '--directory'];
  const { stdout } = await runGit(worktreePath, asked, { ...call, timeoutMs: checkoutTimeoutMs });
  const others = splitNul(stdout).map((path) => path.replace(/\/$/, ''));
  return outermost([...others, ...(await listIgnored(worktreePath, call))]);
}

/**
 * The ignored files and folders that are new since `before`, by name. What lay there stays out, also if its folder has
 * since become one path, or its path has become a folder with other files.
 */
export async function ignoredSince(
  worktreePath: string,
  before: readonly string[],
  call: WorkingFilesCall = {},
): Promise<string[]> {
  const known = new Set(before);
  const around = new Set(before.flatMap((path) => foldersAbove(path)));
  const isNew = (path: string) => ![path, ...foldersAbove(path)].some((each) => known.has(each));
  const added = (await listIgnored(worktreePath, call)).filter(isNew);
  const mixed = added.filter((path) => around.has(path));
  if (mixed.length === 0) return outermost(added);
  const pathspecs = mixed.map((path) => `:(literal)${path}`);
  const asked = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--', ...pathspecs];
  const { stdout } = await runGit(worktreePath, asked, { ...call, timeoutMs: checkoutTimeoutMs });
  const files = splitNul(stdout).map((path) => path.replace(/\/$/, ''));
  return outermost([...added.filter((path) => !around.has(path)), ...files.filter(isNew)]);
}

/** git lists some folders and also their contents: keeps only the folders. */
function outermost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [...all].filter((path) => !foldersAbove(path).some((folder) => all.has(folder))).sort();
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Whether git would ignore all of these paths in the worktree. */
export async function areIgnored(
  worktreePath: string,
  paths: readonly string[],
  call: WorkingFilesCall = {},
): Promise<boolean> {
  if (paths.length === 0) return true;
  // A pattern for folders does not match a path that does not exist, unless the path has a trailing slash.
  const input = paths.flatMap((path) => [`${path}\0`, `${path}/\0`]).join('');
  const { stdout } = await runGit(worktreePath, ['check-ignore', '-z', '--stdin', '--no-index'], {
    ...call,
    input,
    okExitCodes: [0, 1],
  });
  const ignored = new Set(splitNul(stdout).map((path) => path.replace(/\/$/, '')));
  return paths.every((path) => ignored.has(path));
}
