// Finds the ignored files of a checkout that match patterns as in `.gitignore`: the project wants them in its
// worktrees, although no commit has them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { splitNul } from '../read/revision.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import type { WorkingFilesCall } from './working-files.ts';

/** Room for far more names than Moose copies. */
const namesBytesMax = 4 * 1024 ** 2;

/**
 * Paths of files and symbolic links. Does not look behind links or into nested repositories. Null if there are too many
 * to list.
 */
export async function listIncluded(
  checkout: string,
  patterns: string,
  call: WorkingFilesCall = {},
): Promise<string[] | null> {
  // git only reads patterns with comments from a file.
  const folder = await mkdtemp(join(tmpdir(), 'moose-patterns-'));
  try {
    const file = join(folder, 'patterns');
    await writePassing(file, patterns);
    const asked = ['ls-files', '-z', '--others', '--ignored', `--exclude-from=${file}`];
    const limits = { timeoutMs: checkoutTimeoutMs, maxOutputBytes: namesBytesMax };
    const { stdout } = await runGit(checkout, asked, { ...call, ...limits });
    // A nested repository is listed as a single path with a trailing slash.
    const paths = splitNul(stdout).filter((path) => !path.endsWith('/'));
    const ignored = await ignoredAmong(checkout, paths, call);
    return paths.filter((path) => ignored.has(path));
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'GIT_OUTPUT_TOO_LARGE') return null;
    throw cause;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The paths that git would ignore in this worktree, whether they exist or not. */
export async function ignoredAmong(
  worktreePath: string,
  paths: readonly string[],
  call: WorkingFilesCall = {},
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const { stdout } = await runGit(worktreePath, ['check-ignore', '-z', '--stdin', '--no-index'], {
    ...call,
    input: paths.map((path) => `${path}\0`).join(''),
    okExitCodes: [0, 1],
  });
  return new Set(splitNul(stdout));
}
