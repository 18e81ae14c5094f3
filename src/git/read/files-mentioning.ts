// Finds the files of a commit that contain at least one of the words, with a single `git grep`.
import { runGit } from '../run/run-git.ts';

/** A longer search is aborted: its result is not worth the wait. */
const searchTimeoutMs = 30_000;
const outputBytesMax = 16 * 1024 * 1024;

/** Skips generated files, whose lines can have megabytes. */
const written = ['.', ':(exclude,glob)**/*.min.*', ':(exclude,glob)**/*.map', ':(exclude,glob)**/*lock*'];

export async function filesMentioning(
  repositoryPath: string,
  commit: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  if (words.length === 0) return new Set();
  const wanted = words.flatMap((word) => ['-e', word]);
  const { stdout } = await runGit(
    repositoryPath,
    ['grep', '-I', '-z', '-F', '-w', '-l', ...wanted, commit, '--', ...written],
    { signal, okExitCodes: [0, 1], timeoutMs: searchTimeoutMs, maxOutputBytes: outputBytesMax },
  );
  const paths = stdout.split('\0').filter(Boolean);
  return new Set(paths.map((path) => path.slice(commit.length + 1)));
}
