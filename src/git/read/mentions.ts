// Whether any text file of a commit mentions something: one `git grep` that stops at the first hit.
import { type GitCall, runGit } from '../run/run-git.ts';

/** A longer search is aborted: its result is not worth the wait. */
const searchTimeoutMs = 30_000;
const generated = ['.', ':(exclude,glob)**/*.min.*', ':(exclude,glob)**/*.map', ':(exclude,glob)**/*lock*'];

/** `pattern`: an extended regular expression of POSIX; its letters match in both cases. */
export async function mentions(
  repositoryPath: string,
  { commit, pattern }: { commit: string; pattern: string },
  call: GitCall = {},
): Promise<boolean> {
  const args = ['grep', '-I', '-i', '-q', '-E', '-e', pattern, commit, '--', ...generated];
  const asked: GitCall = { ...call, okExitCodes: [1], timeoutMs: searchTimeoutMs };
  return (await runGit(repositoryPath, args, asked)).exitCode === 0;
}
