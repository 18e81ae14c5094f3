// Deletes the branches of a work order, here and on its remote. A branch to which others have committed stays: Moose
// removes nobody else's work.
import { existsSync } from 'node:fs';
import { shortId } from '../../../domain/ids.ts';
import { namesOf } from '../../../domain/work-order/ground-change.ts';
import type { ApplyingResult } from '../../../domain/work-order/step-result.ts';
import { messageOf } from '../../../git/commit/change-to-sign.ts';
import { moose } from '../../../git/commit/identity.ts';
import { compareHead } from '../../../git/merge/compare-head.ts';
import { authorsOfOthers } from '../../../git/read/commits-of-others.ts';
import { commitsAmong, hasCommit, isAncestor, refSha, treeOf } from '../../../git/read/revision.ts';
import { deleteBranch } from '../../../git/refs/branch.ts';
import { hasMirror, syncMirror } from '../../../git/remote/mirror.ts';
import { deleteRemoteBranch, remoteBranchShas } from '../../../git/remote/remote.ts';
import { fetchMissing, type RemoteBranch } from '../../../git/remote/remote-branch.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { type Effect, effectsOf } from '../../../store/work/sessions/effects.ts';
import { pushKey } from '../effect-keys.ts';
import { othersIn } from '../ground/known-ground.ts';
import { mirrorOf } from '../project-here.ts';
import { remotePlace } from '../remote-place.ts';
import { findResult } from '../step-results.ts';
import type { Work } from '../work.ts';

/** What an undo leaves, for a sentence: 'everything was undone except the branch …, to which Ada pushed'. */
export type Left = string;

/** @throws BRANCH_IN_USE, and the errors of git */
export async function undoBranch(work: Work, { detail }: Effect): Promise<Left | undefined> {
  const { database, order, project, signal } = work;
  const repositoryPath = String(detail.repositoryPath);
  // In the mirror on another machine, nobody sees the branch.
  if (project.remoteUrl !== null && !(await isThere(repositoryPath))) return undefined;
  const branch = String(detail.branch);
  const tip = await refSha(repositoryPath, `refs/heads/${branch}`, { signal });
  if (tip === null) return undefined;
  const effects = await database.run((query) => effectsOf(query, order.id), signal);
  const pushed = effects.find(({ key }) => key === pushKey(order.id))?.detail.sha;
  const applied = await findResult(work, 'applying');
  const routed = await findResult(work, 'routing');
  const others = await authorsOfOthers(
    repositoryPath,
    {
      tip,
      known: shasOf(order.baseSha, routed?.baseSha),
      own: shasOf(pushed, applied?.headSha),
      trailers: trailersOf(order.id),
    },
    { signal },
  );
  if (others.length > 0) return `the local branch ${branch}, to which ${whoOf(others)} committed`;
  await deleteBranch({ repositoryPath, branch, expectedSha: tip, preserveAs: shortId(order.id), signal });
  return undefined;
}

/** @throws BRANCH_MOVED if somebody pushes at this moment, and the errors of `runRemoteGit` */
export async function undoPush(work: Work, effect: Effect): Promise<Left | undefined> {
  const { order, project, settings, signal } = work;
  const { detail } = effect;
  const remote = await remotePlace(project, settings.dataDirectory, signal);
  if (remote.isMooses && !existsSync(remote.url)) return undefined;
  const mirror = mirrorOf(project, signal);
  if (mirror && !(await hasMirror(mirror.path))) await syncMirror(mirror);
  const where = {
    repositoryPath: project.repositoryPath,
    remoteUrl: remote.url,
    branch: String(detail.branch),
    isMooses: remote.isMooses,
    signal,
  };
  const applied = await findResult(work, 'applying');
  // A crash may have happened between the push and its record.
  const own = shasOf(detail.sha, applied?.headSha);
  const baseBranch = order.baseBranch ?? (await findResult(work, 'routing'))?.baseBranch;
  const found = await remoteBranchShas(where, [where.branch, ...(baseBranch ? [baseBranch] : [])]);
  const tip = found.get(where.branch);
  if (tip === undefined || own.length === 0) return undefined;
  const baseTip = (baseBranch && found.get(baseBranch)) || null;
  await fetchMissing(where, [
    [where.branch, tip],
    [baseBranch ?? '', baseTip],
  ]);
  const others = await othersOn(where, { tip, baseTip: baseTip ?? order.baseSha, own, applied, effect });
  if (others === null) {
    await deleteRemoteBranch({ ...where, expectedSha: tip, preserveAs: shortId(order.id) });
    return undefined;
  }
  return `the branch ${where.branch} on ${remote.shownUrl}, to which ${whoOf(others)} pushed`;
}

/** The authors of what others have added to the branch; null: deleting it takes nothing of theirs away. */
async function othersOn(
  where: RemoteBranch,
  {
    tip,
    baseTip,
    own,
    applied,
    effect,
  }: {
    tip: string;
    baseTip: string | null;
    own: readonly string[];
    applied: ApplyingResult | undefined;
    effect: Effect;
  },
): Promise<readonly string[] | null> {
  const { repositoryPath, signal } = where;
  const call = { signal };
  if (baseTip !== null && (await isIn(repositoryPath, tip, baseTip, call))) return null;
  // They are part of Moose's own commits now.
  const taken = othersIn(effect);
  if (taken.length > 0) return taken;
  if (own.includes(tip) || (await isSignedFor(applied, where, tip))) return null;
  for (const sha of own) if (await isIn(repositoryPath, tip, sha, call)) return null;
  const [pushedSha] = await commitsAmong(repositoryPath, own, call);
  const isBaseHere = baseTip !== null && (await hasCommit(repositoryPath, baseTip, call));
  if (pushedSha !== undefined && isBaseHere) {
    const compared = await compareHead(repositoryPath, { headSha: tip, pushedSha, baseTip }, call);
    return compared.isOwn ? null : compared.authors;
  }
  const trailers = trailersOf(effect.workOrderId);
  return authorsOfOthers(repositoryPath, { tip, known: shasOf(baseTip), own, trailers }, call);
}

async function isIn(
  path: string,
  sha: string,
  descendant: string,
  call: { signal?: AbortSignal | undefined },
) {
  return (await hasCommit(path, descendant, call)) && (await isAncestor(path, sha, descendant, call));
}

/** Where the forge signs, a crash may separate the forge's commit (same files and message) from its record. */
async function isSignedFor(
  applied: ApplyingResult | undefined,
  { repositoryPath, signal }: RemoteBranch,
  sha: string,
): Promise<boolean> {
  if (!applied || !(await hasCommit(repositoryPath, applied.headSha, { signal }))) return false;
  if ((await treeOf(repositoryPath, sha, { signal })) !== applied.treeSha) return false;
  const [theirs, own] = [sha, applied.headSha].map((each) => messageOf(repositoryPath, each, { signal }));
  return (await theirs) === (await own);
}

const trailersOf = (id: string) => ({ 'Moose-Work-Order': id });

const shasOf = (...found: unknown[]): string[] => [
  ...new Set(found.filter((sha): sha is string => typeof sha === 'string' && sha !== '')),
];

/** Somebody who amends a commit of Moose's leaves its author. */
function whoOf(authors: readonly string[]): string {
  const name = namesOf(authors.filter((author) => author !== moose.name));
  return name === 'Somebody' ? 'somebody' : name;
}
