// Finds the commit that reverts another one, by the sentence that git and forges write into its message.

import { assertSha, hasCommit } from '../read/revision.ts';
import { fetchBranch, type RemoteBranch, remoteBranchSha } from '../remote/remote-branch.ts';
import { runGit } from '../run/run-git.ts';

export interface MergedChange {
  sha: string;
  /** The number of its pull request, which the Revert buttons of GitLab and GitHub may name in place of the commit. */
  number: number;
}

interface Revert {
  sha: string;
  commits: string[];
  numbers: number[];
}

/** Null if no commit after `sha` on the remote's branch reverts it, or a later one restores it. */
export async function findRevertOf(change: MergedChange, where: RemoteBranch): Promise<string | null> {
  const { sha } = change;
  assertSha(sha);
  const { repositoryPath, signal } = where;
  const tip = await remoteBranchSha(where);
  if (tip === null) return null;
  if (!(await hasCommit(repositoryPath, tip, { signal }))) await fetchBranch(where);
  const missing =
    !(await hasCommit(repositoryPath, sha, { signal })) ||
    !(await hasCommit(repositoryPath, tip, { signal }));
  if (missing) return null;
  const reverts = standing(await revertsIn(where, `${sha}..${tip}`));
  return reverts.find((revert) => names(revert, sha) || revert.numbers.includes(change.number))?.sha ?? null;
}

const revertsMax = 1_000;
/** git shortens IDs to at least this length by default, as in the message of `git revert --reference`. */
const ofCommit = /\bThis reverts commit (?<sha>[0-9a-f]{7,64})\b/g;
/** GitLab's sentence, and the whole line that GitHub writes. */
const ofNumber =
  /\bThis reverts merge request !(?<gitlab>\d+)\b|^Reverts [\w.-]+\/[\w.-]+#(?<github>\d+)\s*$/gm;

/** Newest first. */
async function revertsIn({ repositoryPath, signal }: RemoteBranch, range: string): Promise<Revert[]> {
  const words = ['This reverts commit ', 'This reverts merge request !', 'Reverts '];
  const args = [
    'log',
    '-z',
    '--topo-order',
    `--max-count=${revertsMax}`,
    '--format=%H%n%B',
    '--fixed-strings',
    ...words.map((each) => `--grep=${each}`),
    range,
    '--',
  ];
  const { stdout } = await runGit(repositoryPath, args, { signal });
  return stdout
    .split('\0')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => ({
      sha: entry.slice(0, entry.indexOf('\n')),
      commits: [...entry.matchAll(ofCommit)].flatMap(({ groups }) => groups?.sha ?? []),
      numbers: [...entry.matchAll(ofNumber)].map(({ groups }) => Number(groups?.gitlab ?? groups?.github)),
    }));
}

/** The reverts that no later revert undoes, unless that later revert is itself undone. */
function standing(newestFirst: readonly Revert[]): Revert[] {
  const found: Revert[] = [];
  for (const revert of newestFirst) if (!found.some((later) => names(later, revert.sha))) found.push(revert);
  return found;
}

const names = ({ commits }: Revert, sha: string) => commits.some((named) => sha.startsWith(named));
