// Transfers commits from one clone to another: the same commits, with the same hashes (R-PIPE-5).

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMooseError, type PermanentError } from '../../domain/failure.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertCommit, assertSha, hasCommit, isAncestor, refSha } from '../read/revision.ts';
import { branchMoved } from '../refs/branch.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import { moveRef } from '../refs/move-ref.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { checkoutTimeoutMs, runGit, runGitBytes } from '../run/run-git.ts';
import { listWorktrees } from '../worktree/worktree-list.ts';

export interface BundleRange {
  repositoryPath: string;
  /** A commit that the receiver already has. */
  base: string;
  head: string;
  signal?: AbortSignal | undefined;
  bytesMax?: number;
}

export interface BundleRestoration {
  repositoryPath: string;
  bundle: Buffer;
  branch: string;
  /** Called before the branch moves: files of a worktree would stay behind. */
  beforeMove?: () => Promise<unknown>;
  signal?: AbortSignal | undefined;
}

/** Maximum size of one bundle, in memory and as an artifact. */
const maxBundleBytes = 256 * 1024 * 1024;
/** The name of the only reference in our bundles; the receiver chooses the branch. */
const bundledRef = 'refs/moose/bundled';

/**
 * A bundle (gitformat-bundle(5)) of the commits that `head` has and `base` does not. `git bundle create` needs a ref;
 * this function writes the header itself, so that no temporary ref is needed.
 */
export async function makeBundle(range: BundleRange): Promise<Buffer> {
  const { base, head } = range;
  assertSha(base);
  assertSha(head);
  const pack = await packOf(range);
  const version = head.length === 40 ? '# v2 git bundle\n' : '# v3 git bundle\n@object-format=sha256\n';
  return Buffer.concat([Buffer.from(`${version}-${base} base\n${head} ${bundledRef}\n\n`), pack]);
}

async function packOf({
  repositoryPath,
  base,
  head,
  signal,
  bytesMax = maxBundleBytes,
}: BundleRange): Promise<Buffer> {
  const args = ['pack-objects', '--revs', '--thin', '--stdout', '--delta-base-offset', '--quiet'];
  const input = `${head}\n^${base}\n`;
  try {
    const limits = { maxOutputBytes: bytesMax, timeoutMs: checkoutTimeoutMs };
    return (await runGitBytes(repositoryPath, args, { signal, input, ...limits })).stdout;
  } catch (error) {
    signal?.throwIfAborted();
    // Checked last: usually both commits exist, so the extra calls are not needed.
    await assertCommit(repositoryPath, base, { signal });
    await assertCommit(repositoryPath, head, { signal });
    throw error;
  }
}

/**
 * Adds the commits, and moves the branch to the end of the bundle if that loses nothing: a branch that
 * already contains the bundle's end stays.
 * @throws COMMIT_MISSING (the base is not here), BUNDLE_INVALID, BRANCH_MOVED, BRANCH_IN_USE
 */
export async function restoreBundle(restoration: BundleRestoration): Promise<{ headSha: string }> {
  const { repositoryPath, bundle, branch, signal } = restoration;
  assertBranchName(branch);
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  const { base, head } = readHeader(bundle);
  const ref = `refs/heads/${branch}`;
  const before = await refSha(repositoryPath, ref, call);
  if (before === head) return { headSha: head };
  // A branch that is already past the bundle needs nothing from it.
  if (before !== null && (await hasCommit(repositoryPath, head, call))) {
    if (await isAncestor(repositoryPath, head, before, call)) return { headSha: before };
  }
  await assertCommit(repositoryPath, base, call);
  await withFileFailures('restore bundle', signal, () => unbundle(repositoryPath, bundle, call));
  await assertCommit(repositoryPath, head, call);
  const now = await refSha(repositoryPath, ref, call);
  if (now !== null && (await isAncestor(repositoryPath, head, now, call))) return { headSha: now };
  if (now !== null && !(await isAncestor(repositoryPath, now, head, call))) {
    throw branchMoved('restore bundle', { branch, expectedSha: head, actualSha: now });
  }
  await advance(restoration, { from: now, to: head }, call);
  return { headSha: head };
}

function readHeader(bundle: Buffer): { base: string; head: string } {
  const end = bundle.indexOf('\n\n');
  const header = end < 0 ? '' : bundle.toString('latin1', 0, end);
  const base = /^-([0-9a-f]+) /m.exec(header)?.[1] ?? '';
  const head = new RegExp(`^([0-9a-f]+) ${bundledRef}$`, 'm').exec(header)?.[1] ?? '';
  try {
    assertSha(base);
    assertSha(head);
  } catch (cause) {
    throw invalidBundle('its header was not written by Moose', cause);
  }
  return { base, head };
}

async function unbundle(repositoryPath: string, bundle: Buffer, call: GitCall): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-bundle-'));
  try {
    const file = join(directory, 'bundle');
    await writePassing(file, bundle);
    await runGit(repositoryPath, ['bundle', 'unbundle', file], call);
  } catch (error) {
    if (!isMooseError(error) || error.code !== 'GIT_FAILED') throw error;
    throw invalidBundle('git cannot unpack it', error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A worktree of Moose on the branch is out of the way: `beforeMove` has seen to it. */
async function advance(
  { repositoryPath, branch, beforeMove }: BundleRestoration,
  { from, to }: { from: string | null; to: string },
  call: GitCall,
): Promise<void> {
  await beforeMove?.();
  const holder = (await listWorktrees(repositoryPath, call)).find((worktree) => worktree.branch === branch);
  // A worktree whose directory is gone does not count as checked out.
  if (!holder || !(await isThere(holder.path))) {
    await moveRef(repositoryPath, { ref: `refs/heads/${branch}`, from, to, because: 'moose: bundle' }, call);
    return;
  }
  throw gitFailures.BRANCH_IN_USE_CHECKED_OUT(
    { operation: 'restore bundle', metadata: { branch, holder: holder.path } },
    { branch, path: holder.path },
  );
}

function invalidBundle(fault: string, cause: unknown): PermanentError {
  return gitFailures.BUNDLE_INVALID(
    { operation: 'restore bundle', metadata: isMooseError(cause) ? cause.metadata : {}, cause },
    { fault },
  );
}
