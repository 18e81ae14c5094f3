// Finds a work order's worktree on this machine: created, adopted, or rebuilt from the stored artifacts.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shortId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { restoreTracked } from '../../../git/commit/commit.ts';
import { keepCommit } from '../../../git/refs/preserve.ts';
import { runGit } from '../../../git/run/run-git.ts';
import { resetSessionRepository } from '../../../git/sessions/session-repository.ts';
import { workInUnfilled } from '../../../git/worktree/unfilled-submodules.ts';
import { standingOf } from '../../../git/worktree/working-files.ts';
import { ensureWorktree } from '../../../git/worktree/worktree.ts';
import { branchKey, worktreeKey } from '../../run/effect-keys.ts';
import { performTogether } from '../../run/effects/perform-effect.ts';
import { removeKeptWorktree } from '../../run/effects/remove-kept-worktree.ts';
import type { Work } from '../../run/work.ts';
import { renewAfterBoot } from './after-boot.ts';
import { restoreCommits } from './restore-commits.ts';
import { effectsOfOrder, pathOf, worktreePathOf } from './worktree-path.ts';

export interface WorktreePlace {
  worktreePath: string;
  /** True if the worktree was just created, so that it contains only committed files. */
  isNew: boolean;
}

function wishOf({ project, signal }: Pick<Work, 'project' | 'signal'>) {
  const { filters = [], submodules = false, private_hosts: privateHosts = [] } = project.settings;
  const { remoteAddress } = project;
  return { filters, fillsSubmodules: submodules, remoteAddress, privateHosts, signal };
}

/**
 * Returns the worktree on its branch with every earlier commit (the last one is `headSha`), whichever machine
 * made it.
 */
export async function ensureWorktreePlace(
  work: Work,
  routed: RoutingResult,
  headSha: string,
): Promise<WorktreePlace> {
  const { order, project, settings } = work;
  const { repositoryPath } = project;
  const { branch, baseSha } = routed;
  const effects = await effectsOfOrder(work);
  const worktreePath = pathOf(work, effects);
  const wish = { repositoryPath, worktreePath, branch, baseSha, ...wishOf(work) };
  await renewAfterBoot(work, { routed, worktreePath, headSha });
  const keys = [branchKey(order.id), worktreeKey(order.id, settings.host)];
  // If the rows already say that the worktree exists, nothing is written, and it is only checked.
  if (keys.every((key) => effects.some((effect) => effect.key === key && effect.state === 'done'))) {
    const standing = await ensureWorktree(wish);
    if (standing.headSha === headSha) return { worktreePath, isNew: standing.wasCreated };
  }
  let isNew = false;
  await performTogether(work, [
    {
      kind: 'branch',
      key: branchKey(order.id),
      detail: { repositoryPath, branch },
      act: async () => {
        await restoreCommits(work, branch);
        return {};
      },
    },
    {
      kind: 'worktree',
      key: worktreeKey(order.id, settings.host),
      detail: { repositoryPath, worktreePath, branch, host: settings.host },
      act: async () => {
        await mkdir(dirname(worktreePath), { recursive: true, mode: 0o700 });
        isNew = (await ensureWorktree(wish)).wasCreated;
        return {};
      },
    },
  ]);
  return { worktreePath, isNew };
}

/**
 * For an agent that is about to start: uncommitted leftovers of earlier agents and checks are preserved under a ref,
 * and removed.
 */
export async function cleanWorktree(work: Work, routed: RoutingResult, place: WorktreePlace): Promise<void> {
  if (place.isNew) return;
  const { worktreePath } = place;
  const { isDirty } = await standingOf(worktreePath, { signal: work.signal });
  if (!isDirty && (await workInUnfilled(worktreePath)).changed.length === 0) return;
  const { repositoryPath } = work.project;
  const { id: workOrderId } = work.order;
  await removeKeptWorktree(work, { workOrderId, repositoryPath, worktreePath, signal: work.signal });
  const { branch, baseSha } = routed;
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha, ...wishOf(work) });
}

/** Once the work is pushed, its worktree is removed; anything in it that is not pushed is preserved under a ref. */
export async function releaseWorktree(work: Work): Promise<void> {
  await removeKeptWorktree(work, {
    workOrderId: work.order.id,
    repositoryPath: work.project.repositoryPath,
    worktreePath: await worktreePathOf(work),
    signal: work.signal,
  });
}

/** Resets the worktree to `headSha`: what checks rewrote or broke in it is not part of the change. */
export async function resetWorktree(
  work: Work,
  routed: RoutingResult,
  worktreePath: string,
  headSha: string,
): Promise<void> {
  await ensureWorktreePlace(work, routed, headSha);
  const { order, project, signal } = work;
  const standing = await standingOf(worktreePath, { signal });
  const { headSha: stray } = standing;
  if (stray !== null && stray !== headSha) {
    await keepCommit(project.repositoryPath, stray, shortId(order.id), { signal });
    const args = ['reset', '--quiet', '--hard', '--no-recurse-submodules', headSha];
    await runGit(worktreePath, args, { signal });
  }
  if (stray !== headSha || standing.isDirty) await restoreTracked(worktreePath, { signal });
  await resetSessionRepository({ repositoryPath: project.repositoryPath, worktreePath, signal });
}
