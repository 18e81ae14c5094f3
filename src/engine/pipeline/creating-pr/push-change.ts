// Publishes the commits of a work order with git. If the branch accepts only commits that the forge has signed,
// publishes one commit by the forge with the same files instead. The local branch keeps its own commits; the push
// effect records which commit of the forge corresponds to which local commit.

import { isMooseError } from '../../../domain/failure.ts';
import type { ApplyingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { blobOf, changeBetween, messageOf } from '../../../git/commit/change-to-sign.ts';
import { uploadLargeFiles } from '../../../git/commit/large-files.ts';
import { hasCommit, isAncestor, treeOf } from '../../../git/read/revision.ts';
import {
  ensureBareRemote,
  type Push,
  pushBranch,
  remoteBranchSha,
  remoteBranchShas,
} from '../../../git/remote/remote.ts';
import { storableText } from '../../../store/storable.ts';
import { holdFence } from '../../../store/work/runs/runs.ts';
import { type Effect, markEffect } from '../../../store/work/sessions/effects.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import type { ChangeToSign, Forge } from '../../ports/forge.ts';
import { pushKey } from '../../run/effect-keys.ts';
import type { PlannedEffect } from '../../run/effects/perform-effect.ts';
import { othersIn } from '../../run/ground/known-ground.ts';
import type { RemotePlace } from '../../run/remote-place.ts';
import { fenced, type Work } from '../../run/work.ts';
import { renewCommitsAfterBoot } from '../../workplace/worktree/after-boot.ts';
import { baseMissing } from '../../workplace/worktree/base-missing.ts';
import { restoreCommits } from '../../workplace/worktree/restore-commits.ts';
import { pathOf } from '../../workplace/worktree/worktree-path.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

interface Pushing {
  routed: RoutingResult;
  applied: ApplyingResult;
  remote: RemotePlace;
  effects: readonly Effect[];
  sign: ReturnType<typeof signerOf>;
}

export function pushOf(
  work: Work,
  { routed, applied, remote, effects, sign }: Pushing,
): PlannedEffect & { pushedSha(): string } {
  const { repositoryPath, settings } = work.project;
  const { private_hosts: privateHosts } = settings;
  const { branch, baseBranch, baseSha } = routed;
  const { signal } = work;
  const key = pushKey(work.order.id);
  const before = effects.find((effect) => effect.key === key);
  // The commit that this work order pushed last: any other commit on the branch is someone else's, and stays.
  const lastPushedSha = before?.state === 'done' ? (before.detail as { sha?: string }).sha : undefined;
  const detail = {
    remote: remote.shownUrl,
    branch,
    ...(lastPushedSha ? { sha: lastPushedSha } : {}),
    ...(mustSign(before) ? { mustSign: true } : {}),
    ...(othersIn(before).length > 0 ? { others: othersIn(before) } : {}),
  };
  const willSign = () => {
    const kept = before?.state === 'done' ? before : { state: 'intended' as const, detail: {} };
    const known = { ...kept.detail, ...detail, mustSign: true };
    return fenced(work, (query) => markEffect(query, key, kept.state, known));
  };
  let pushedSha = applied.headSha;
  return {
    pushedSha: () => pushedSha,
    kind: 'push',
    key,
    detail,
    act: async () => {
      if (remote.isMooses) {
        const base = { defaultBranchFrom: repositoryPath, branch: baseBranch, sha: baseSha };
        await ensureBareRemote(remote.url, { ...base, signal });
      }
      const worktreePath = pathOf(work, effects);
      await renewCommitsAfterBoot(work, { routed, worktreePath, headSha: applied.headSha });
      if (!(await hasCommit(repositoryPath, applied.headSha, { signal }))) await restoreCommits(work, branch);
      const where = { repositoryPath, remoteUrl: remote.url, branch, isMooses: remote.isMooses, signal };
      // A person who asks for this step again wants the branch back that was deleted on the remote.
      const isGone = work.run.firstStep === 'creating_pr' && (await remoteBranchSha(where)) === null;
      const expectedRemoteSha = isGone ? null : (lastPushedSha ?? null);
      const push = { ...where, sha: applied.headSha, expectedRemoteSha };
      const pushed = await reportIfSlow(work, `the push to ${remote.shownUrl}`, () =>
        pushOrSign({ push, baseSha, privateHosts, before, willSign, sign }),
      );
      pushedSha = pushed.sha;
      return pushed;
    },
  };
}

export async function assertPushed(
  work: Work,
  { branch, baseBranch }: RoutingResult,
  headSha: string,
  remote: RemotePlace,
): Promise<void> {
  const { repositoryPath } = work.project;
  const { url: remoteUrl, isMooses } = remote;
  const where = { repositoryPath, remoteUrl, isMooses, signal: work.signal };
  const found = await remoteBranchShas(where, [branch, baseBranch]);
  const there = found.get(branch) ?? null;
  if (!found.has(baseBranch)) throw await baseMissing(work, remote, { baseBranch, branch });
  if (there === headSha) return;
  throw pipelineFailures.PUSH_NOT_AS_WRITTEN(
    { operation: 'read back', metadata: { expected: headSha, found: there } },
    { branch },
  );
}

/** Which commit of the forge has the files of which local commit. */
interface Signed {
  madeFrom: string;
  sha: string;
}

interface Pushed extends Record<string, unknown> {
  /** Where the branch is on the remote now. */
  sha: string;
  mustSign?: true;
  signed?: Signed[];
}

interface Publishing {
  push: Push;
  /** The commit of the base branch that the change is based on. */
  baseSha: string;
  /** With which large files may be exchanged, too. */
  privateHosts?: readonly string[] | undefined;
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
export async function pushOrSign(publishing: Publishing): Promise<Pushed> {
  const { push, baseSha, privateHosts, before, willSign, sign } = publishing;
  const signed = signedIn(before);
  const { sha, expectedRemoteSha } = push;
  const made = signed.find((each) => each.madeFrom === sha && each.sha === expectedRemoteSha);
  if (made) return { sha: made.sha, signed };
  const { repositoryPath, remoteUrl, signal } = push;
  await uploadLargeFiles({ repositoryPath, remoteUrl, from: baseSha, to: sha, privateHosts, signal });
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

/** An ordinary push ends sooner. */
const slowMs = 30_000;

/**
 * Says that an answer from outside takes long, while it is waited for (R-GO-9). `what` completes the sentence 'Moose
 * waits for …'.
 */
export async function reportIfSlow<T>(
  work: Pick<Work, 'database' | 'run' | 'order' | 'actor' | 'logger' | 'signal'>,
  what: string,
  call: () => Promise<T>,
  afterMs = slowMs,
): Promise<T> {
  const { database, run, order, actor, logger, signal } = work;
  const because = `No answer for ${Math.round(afterMs / 1_000)} s: Moose waits for ${what}.`;
  const record = () =>
    database
      .transaction(async (query) => {
        await holdFence(query, run.id, run.fence, { waitingFor: storableText(because) });
        await recordEvent(query, { workOrderId: order.id, kind: 'answer.slow', actor, reason: because });
      }, signal)
      .catch((cause: unknown) => logger.warn({ err: cause }, 'could not record a slow answer'));
  const timer = setTimeout(() => void record(), afterMs);
  try {
    return await call();
  } finally {
    clearTimeout(timer);
  }
}
