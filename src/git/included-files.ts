// Which ignored files of a checkout fit patterns as in `.gitignore`: the files that a project wants in its worktrees
// although no commit has them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMooseError } from '../domain/failure.ts';
import { splitNul } from './revision.ts';
import { checkoutTimeoutMs, runGit } from './run-git.ts';
import type { WorkingFilesCall } from './working-files.ts';

/** Room for far more names than may be copied. */
const namesBytesMax = 4 * 1024 ** 2;

/**
 * Paths of files and symbolic links; nothing behind a link and nothing of a repository inside is listed. Null: too many to
 * be listed.
 */
export async function listIncluded(
  checkout: string,
  patterns: string,
  call: WorkingFilesCall = {},
): Promise<string[] | null> {
  // git reads patterns from a file only: in an argument it would not skip comments.
  const folder = await mkdtemp(join(tmpdir(), 'moose-patterns-'));
  try {
    const file = join(folder, 'patterns');
    await writeFile(file, patterns);
    const asked = ['ls-files', '-z', '--others', '--ignored', `--exclude-from=${file}`];
    const limits = { timeoutMs: checkoutTimeoutMs, maxOutputBytes: namesBytesMax };
    const { stdout } = await runGit(checkout, asked, { ...call, ...limits });
    // A repository inside is one path that ends as a folder.
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

/** Those that git would ignore in this worktree, whether they are there or not. */
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
