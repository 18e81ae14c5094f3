// The files that git ignores in a worktree, which no commit contains.
import { splitNul } from './revision.ts';
import { checkoutTimeoutMs, runGit } from './run-git.ts';
import type { WorkingFilesCall } from './working-files.ts';

/** A folder with only ignored files is one path, without a trailing slash. Does not look behind symbolic links. */
export async function listIgnored(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const asked = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const { stdout } = await runGit(worktreePath, asked, { ...call, timeoutMs: checkoutTimeoutMs });
  return splitNul(stdout).map((path) => path.replace(/\/$/, ''));
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
