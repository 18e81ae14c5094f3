// Publishes the commits of a work order with git. If the branch accepts only commits that the forge has signed,
// publishes one commit by the forge with the same files instead. The local branch keeps its own commits; the push
// effect records which commit of the forge corresponds to which local commit.
import { isMooseError } from '../../domain/failure.ts';
import { blobOf, changeBetween, messageOf } from '../../git/change-to-sign.ts';
import { uploadLargeFiles } from '../../git/large-files.ts';
import { type Push, pushBranch } from '../../git/remote.ts';
import { isAncestor, treeOf } from '../../git/revision.ts';
import type { Effect } from '../../store/work/effects.ts';
import type { ChangeToSign, Forge } from '../ports/forge.ts';

/** Which commit of the forge has the files of which local commit. */
interface Signed {
  madeFrom: string;
  sha: string;
}

export interface Pushed extends Record<string, unknown> {
  /** Where the branch is on the remote now. */
  sha: string;
  mustSign?: true;
  signed?: Signed[];
}

interface Publishing {
  push: Push;
  /** The commit of the base branch that the change is based on. */
  baseSha: string;
  before: Effect | undefined;
  /** Records that git's push was refused: the branch may later be at a commit of the forge. */
  willSign(): Promise<void>;
  /** Absent if the forge cannot sign. Calls to the forge are retried as usual. */
  sign: ((change: ChangeToSign) => Promise<string>) | undefined;
}

export function signerOf(
  forge: Forge,
  ask: <T>(operation: string, call: () => Promise<T>) => Promise<T>,
  signal: AbortSignal,
): Publishing['sign'] {
  const { signCommit } = forge;
  return signCommit && ((change) => ask('commit', () => signCommit(change, signal)));
}

/** @throws what `pushBranch` throws; REMOTE_SIGNATURES_REQUIRED only if the forge cannot sign */
export async function pushOrSign({ push, baseSha, before, willSign, sign }: Publishing): Promise<Pushed> {
  const signed = signedIn(before);
  const { sha, expectedRemoteSha } = push;
  const made = signed.find((each) => each.madeFrom === sha && each.sha === expectedRemoteSha);
  if (made) return { sha: made.sha, signed };
  const { repositoryPath, remoteUrl, signal } = push;
  await uploadLargeFiles({ repositoryPath, remoteUrl, from: baseSha, to: sha, signal });
  // This branch has needed signatures before: git would send everything, and be refused.
  if (!sign || !mustSign(before)) {
    try {
      await pushBranch(push);
      return { sha };
    } catch (cause) {
      if (!sign || !isMooseError(cause) || cause.code !== 'REMOTE_SIGNATURES_REQUIRED') throw cause;
    }
    await willSign();
  }
  const own = await sign(await changeOf(push, baseSha, signed));
  return { sha: own, mustSign: true, signed: [...signed, { madeFrom: sha, sha: own }] };
}

/** Whether a push of this branch was refused before because of missing signatures. */
export function mustSign(before: Effect | undefined): boolean {
  return before !== undefined && before.state !== 'undone' && before.detail.mustSign === true;
}

function signedIn(before: Effect | undefined): Signed[] {
  const { signed } = (before?.state === 'done' ? before.detail : {}) as { signed?: Signed[] };
  return signed ?? [];
}

/** Based on the branch's commit if the change continues it; otherwise on the base. */
async function changeOf(
  { repositoryPath, branch, sha, expectedRemoteSha, signal }: Push,
  baseSha: string,
  signed: readonly Signed[],
): Promise<ChangeToSign> {
  const call = { signal };
  const stands = signed.find((each) => each.sha === expectedRemoteSha)?.madeFrom ?? expectedRemoteSha;
  const isNext = stands !== null && (await isAncestor(repositoryPath, stands, sha, call));
  const local = isNext ? stands : baseSha;
  const parent = isNext ? (expectedRemoteSha ?? stands) : baseSha;
  // The base has been merged into the change since then, so it becomes a parent of this commit too.
  const isMerge = isNext && !(await isAncestor(repositoryPath, baseSha, stands, call));
  return {
    branch,
    expectedSha: expectedRemoteSha,
    parents: isMerge ? [parent, baseSha] : [parent],
    message: await messageOf(repositoryPath, sha, call),
    parentTreeSha: await treeOf(repositoryPath, local, call),
    treeSha: await treeOf(repositoryPath, sha, call),
    files: await changeBetween(repositoryPath, local, sha, call),
    read: (blob, bytesMax) => blobOf(repositoryPath, blob, bytesMax, call),
  };
}
