// What git ignores in a worktree: files that no commit has.
import { splitNul } from './revision.ts';
import { checkoutTimeoutMs, runGit } from './run-git.ts';
import type { WorkingFilesCall } from './working-files.ts';

/** A folder with nothing else in it is one path, without the closing slash. Nothing behind a symbolic link is listed. */
export async function listIgnored(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const asked = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const { stdout } = await runGit(worktreePath, asked, { ...call, timeoutMs: checkoutTimeoutMs });
  return splitNul(stdout).map((path) => path.replace(/\/$/, ''));
}

/** Whether git would ignore all of them there. */
export async function areIgnored(
  worktreePath: string,
  paths: readonly string[],
  call: WorkingFilesCall = {},
): Promise<boolean> {
  if (paths.length === 0) return true;
  // A pattern for folders fits no path that does not exist, unless it ends as a folder does.
  const input = paths.flatMap((path) => [`${path}\0`, `${path}/\0`]).join('');
  const { stdout } = await runGit(worktreePath, ['check-ignore', '-z', '--stdin', '--no-index'], {
    ...call,
    input,
    okExitCodes: [0, 1],
  });
  const ignored = new Set(splitNul(stdout).map((path) => path.replace(/\/$/, '')));
  return paths.every((path) => ignored.has(path));
}
