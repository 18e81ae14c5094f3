// All references of a repository with one process, regardless of their number.

import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { isSha } from './revision.ts';

const outputBytesMax = 64 * 1024 * 1024;

/** The commits of all references below these names. `mergedInto`: only those that this commit contains. */
export async function listRefs(
  repositoryPath: string,
  below: readonly string[],
  { mergedInto, ...call }: GitCall & { mergedInto?: string } = {},
): Promise<Map<string, string>> {
  const merged = mergedInto === undefined ? [] : [`--merged=${mergedInto}`];
  const args = ['for-each-ref', ...merged, '--format=%(objectname) %(refname)', ...below];
  const { stdout } = await runGit(repositoryPath, args, { maxOutputBytes: outputBytesMax, ...call });
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const at = line.indexOf(' ');
      const sha = line.slice(0, at);
      return isSha(sha) ? [[line.slice(at + 1), sha] as const] : [];
    }),
  );
}

/** The commits among these that the repository has. */
export async function presentCommits(
  repositoryPath: string,
  shas: readonly string[],
  call: GitCall = {},
): Promise<Set<string>> {
  const asked = shas.filter(isSha);
  if (asked.length === 0) return new Set();
  const { stdout } = await runGit(repositoryPath, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    maxOutputBytes: outputBytesMax,
    ...call,
    input: `${asked.join('\n')}\n`,
  });
  const found = stdout
    .split('\n')
    .flatMap((line) => (line.endsWith(' commit') ? [line.split(' ')[0] ?? ''] : []));
  return new Set(found);
}
