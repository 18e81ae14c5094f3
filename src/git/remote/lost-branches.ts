// A remote of Moose's own that has lost commits with the power of its machine: git refuses each push while one reference
// names a commit that is not there.
import { commitsAmong, hasCommit, isSha } from '../read/revision.ts';
import { moveRef } from '../refs/move-ref.ts';
import { runGit } from '../run/run-git.ts';
import { leasedPush, type RemoteBranch } from './remote-branch.ts';

/**
 * Removes the branches whose commits are lost, and pushes again those that the repository still has. Returns how many
 * were lost.
 */
export async function mendLostBranches({
  repositoryPath,
  remoteUrl,
  signal,
}: Omit<RemoteBranch, 'branch'>): Promise<number> {
  const call = { signal };
  const prefix = 'refs/heads/';
  const { stdout } = await runGit(
    remoteUrl,
    ['for-each-ref', '--format=%(objectname) %(refname)', prefix],
    call,
  );
  const named = stdout
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([sha = '', ref = '']) => (isSha(sha) ? [{ sha, ref }] : []));
  const there = await commitsAmong(
    remoteUrl,
    named.map(({ sha }) => sha),
    call,
  );
  const lost = named.filter(({ sha }) => !there.has(sha));
  for (const { sha, ref } of lost)
    await moveRef(remoteUrl, { ref, from: sha, to: null, because: 'moose: lost' }, call);
  for (const { sha, ref } of lost) {
    if (!(await hasCommit(repositoryPath, sha, call))) continue;
    const where = { repositoryPath, remoteUrl, branch: ref.slice(prefix.length), isMooses: true, signal };
    await leasedPush(where, { from: null, to: sha });
  }
  return lost.length;
}
