// How two commits stand to each other: what they share, and how far each is ahead of the other.

import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { assertSha } from './revision.ts';

/** The newest commit that both contain; null if their histories share nothing. */
export async function sharedCommit(
  repositoryPath: string,
  one: string,
  other: string,
  call: GitCall = {},
): Promise<string | null> {
  assertSha(one);
  assertSha(other);
  const { stdout, exitCode } = await runGit(repositoryPath, ['merge-base', one, other], {
    ...call,
    okExitCodes: [1],
  });
  return exitCode === 0 ? stdout.trim() : null;
}

/** The number of commits that only `ours` has, and that only `theirs` has. */
export async function countApart(
  repositoryPath: string,
  { ours, theirs }: { ours: string; theirs: string },
  call: GitCall = {},
): Promise<{ ahead: number; behind: number }> {
  assertSha(ours);
  assertSha(theirs);
  const range = `${ours}...${theirs}`;
  const { stdout } = await runGit(repositoryPath, ['rev-list', '--left-right', '--count', range], call);
  const [ahead = 0, behind = 0] = stdout.trim().split('\t').map(Number);
  return { ahead, behind };
}
