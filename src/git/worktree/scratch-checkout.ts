// A clean checkout of one commit in its own directory. It uses the repository's objects and leaves nothing there: no
// worktree, no branch, no ref. It exists completely or not at all.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyPassing, renamePassing, writePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { lfsSource } from '../commit/lfs-place.ts';
import { assertSha } from '../read/revision.ts';
import { newRepository } from '../refs/new-repository.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import { alternatesLine } from '../sessions/alternates.ts';
import { fillSubmodules } from './fill-submodules.ts';
import { commonGitDir } from './worktree-list.ts';

export interface ScratchCheckout {
  repositoryPath: string;
  path: string;
  sha: string;
  /** True for a commit without an agent's change: then git-lfs may fetch what the commit names. */
  mayFetchLfs: boolean;
  /** Fills submodules from the addresses that this commit names; null leaves them empty. */
  submodulesOfBase?: string | null;
  remoteAddress?: string | null;
  /** Hosts with private addresses from which submodules and large files may be fetched. */
  privateHosts?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

/** Created again, whatever exists at the path. */
export async function makeScratchCheckout({
  repositoryPath,
  path,
  sha,
  mayFetchLfs,
  submodulesOfBase: baseSha = null,
  remoteAddress,
  privateHosts,
  signal,
}: ScratchCheckout): Promise<void> {
  assertSha(sha);
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  await withFileFailures('make checkout', signal, async () => {
    const unfinished = `${path}.unfinished`;
    await removeTree(path);
    await removeTree(unfinished);
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const commonDir = await commonGitDir(repositoryPath, call);
    await newRepository(unfinished, { isSha256: sha.length === 64 }, call);
    const gitDir = join(unfinished, '.git');
    await mkdir(join(gitDir, 'objects', 'info'), { recursive: true });
    await writePassing(
      join(gitDir, 'objects', 'info', 'alternates'),
      alternatesLine(join(commonDir, 'objects')),
    );
    const shallow = join(commonDir, 'shallow');
    if (await isThere(shallow)) await copyPassing(shallow, join(gitDir, 'shallow'));
    const home = { repositoryPath, remoteAddress, privateHosts };
    const { options, env } = mayFetchLfs ? await lfsSource(home, sha, call) : { options: [], env: {} };
    // The large files that the repository has are used, and those that are fetched are kept there.
    const storage = ['-c', `lfs.storage=${join(commonDir, 'lfs')}`];
    const checkout = [...storage, ...options, 'checkout', '--quiet', '--detach', sha];
    await runGit(unfinished, checkout, { ...call, mayFetchLfs, env });
    const filling = { repositoryPath, path: unfinished, remoteAddress, privateHosts, commit: sha };
    if (baseSha !== null) await fillSubmodules({ ...filling, baseSha }, call);
    await renamePassing(unfinished, path);
  });
}

export async function removeScratchCheckout(path: string): Promise<void> {
  await removeTree(path);
  await removeTree(`${path}.unfinished`);
}
