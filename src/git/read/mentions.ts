// Whether any text file of a commit mentions something: one `git grep` that stops at the first hit.
import { BoundedMap } from '../../stdx/bounded-map.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { isSha } from './revision.ts';

/** A longer search is aborted: its result is not worth the wait. */
const searchTimeoutMs = 30_000;
const generated = ['.', ':(exclude,glob)**/*.min.*', ':(exclude,glob)**/*.map', ':(exclude,glob)**/*lock*'];

const keptMax = 256;
/** Commits never change, and work orders that begin together have the same base. */
const kept = new BoundedMap<string, boolean>(keptMax);

/** `pattern`: an extended regular expression of POSIX; its letters match in both cases. */
export async function mentions(
  repositoryPath: string,
  { commit, pattern }: { commit: string; pattern: string },
  call: GitCall = {},
): Promise<boolean> {
  const key = [repositoryPath, commit, pattern].join('\0');
  const known = kept.get(key);
  if (known !== undefined) return known;
  const args = ['grep', '-I', '-i', '-q', '-E', '-e', pattern, commit, '--', ...generated];
  const asked: GitCall = { ...call, okExitCodes: [1], timeoutMs: searchTimeoutMs };
  const isMentioned = (await runGit(repositoryPath, args, asked)).exitCode === 0;
  if (isSha(commit)) kept.set(key, isMentioned);
  return isMentioned;
}
