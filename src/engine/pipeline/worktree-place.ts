// Where a work order's worktree is on this machine, and how it is had there: made, adopted, or rebuilt from what was kept.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { restoreTracked } from '../../git/commit.ts';
import { restoreBundle } from '../../git/patch.ts';
import { keepCommit } from '../../git/preserve.ts';
import { inspectRepository } from '../../git/repository.ts';
import { refSha } from '../../git/revision.ts';
import { runGit } from '../../git/run-git.ts';
import { ensureWorktree, removeWorktree } from '../../git/worktree.ts';
import { findProcess } from '../../sessions/find-process.ts';
import { newestArtifact } from '../../store/artifacts.ts';
import { effectsOf, markEffect } from '../../store/effects.ts';
import { sessionsOf } from '../../store/session-rows.ts';
import { performEffect } from '../effects/perform-effect.ts';
import type { RoutingResult } from './step-results.ts';
import type { Work } from './work.ts';

export function worktreeKey(workOrderId: string, host: string): string {
  return `worktree:${workOrderId}@${host}`;
}

export function branchKey(workOrderId: string): string {
  return `branch:${workOrderId}`;
}

/** Where it is: where it was made, by whichever process of this machine; otherwise where this one would make it. */
async function worktreePathOf({ order, settings, database, signal }: Work): Promise<string> {
  const key = worktreeKey(order.id, settings.host);
  const made = (await database.run((query) => effectsOf(query, order.id), signal)).find(
    (effect) => effect.key === key,
  );
  const path = made?.state === 'undone' ? undefined : made?.detail.worktreePath;
  return typeof path === 'string' ? path : join(settings.dataDirectory, 'worktrees', shortId(order.id));
}

/** The worktree, on its branch, with every commit that was made before, whichever machine made it. */
export async function haveWorktree(work: Work, routed: RoutingResult): Promise<string> {
  const { order, project, signal } = work;
  const worktreePath = await worktreePathOf(work);
  const { repositoryPath } = project;
  const bundle = await work.database.run((query) => newestArtifact(query, order.id, 'bundle'), signal);
  await performEffect(
    work,
    { kind: 'branch', key: branchKey(order.id), detail: { repositoryPath, branch: routed.branch } },
    async () => {
      if (bundle) await restoreBundle({ repositoryPath, bundle, branch: routed.branch, signal });
      return {};
    },
  );
  await performEffect(
    work,
    {
      kind: 'worktree',
      key: worktreeKey(order.id, work.settings.host),
      detail: { repositoryPath, worktreePath, branch: routed.branch, host: work.settings.host },
    },
    async () => {
      await mkdir(dirname(worktreePath), { recursive: true });
      await ensureOrReplace(work, {
        repositoryPath,
        worktreePath,
        branch: routed.branch,
        baseSha: routed.baseSha,
        signal,
      });
      return {};
    },
  );
  return worktreePath;
}

/** One that an agent took to another branch is kept under a reference and made anew, unless the agent is still in it. */
async function ensureOrReplace(work: Work, wish: Parameters<typeof ensureWorktree>[0]): Promise<void> {
  try {
    await ensureWorktree(wish);
  } catch (cause) {
    if (!isMooseError(cause) || cause.code !== 'WORKTREE_MOVED') throw cause;
    if (await isInUse(work)) return;
    await removeWorktree({ ...wish, preserveAs: shortId(work.order.id) });
    await ensureWorktree(wish);
  }
}

async function isInUse(work: Work): Promise<boolean> {
  const sessions = await work.database.run((query) => sessionsOf(query, work.order.id), work.signal);
  for (const { state, directory } of sessions) {
    if ((state === 'intended' || state === 'running') && (await findProcess(directory))) return true;
  }
  return false;
}

/** For an agent that is about to start: what earlier ones and checks left uncommitted is kept under a reference, and gone. */
export async function cleanWorktree(work: Work, routed: RoutingResult): Promise<void> {
  const { isDirty } = await inspectRepository(await worktreePathOf(work), { signal: work.signal });
  if (!isDirty) return;
  await releaseWorktree(work);
  await haveWorktree(work, routed);
}

/** The work is pushed: its worktree goes, and whatever is in it that is not pushed is kept under a reference. */
export async function releaseWorktree(work: Work): Promise<void> {
  const { order, project } = work;
  await removeWorktree({
    repositoryPath: project.repositoryPath,
    worktreePath: await worktreePathOf(work),
    preserveAs: shortId(order.id),
    signal: work.signal,
  });
  await work.database.run(
    (query) => markEffect(query, worktreeKey(order.id, work.settings.host), 'undone'),
    work.signal,
  );
}

/** What checks rewrote, committed or broke in the worktree is no part of the change: it stands at `headSha` again. */
export async function takeBack(work: Work, routed: RoutingResult, headSha: string): Promise<void> {
  try {
    await standAt(work, headSha);
  } catch (cause) {
    // Its link to the repository, or its branch, may be gone: both are made anew.
    if (!isMooseError(cause)) throw cause;
    await haveWorktree(work, routed);
    await standAt(work, headSha);
  }
}

async function standAt(work: Work, headSha: string): Promise<void> {
  const { order, project, signal } = work;
  const worktreePath = await worktreePathOf(work);
  const stray = await refSha(worktreePath, 'HEAD', { signal });
  if (stray !== null && stray !== headSha) {
    await keepCommit(project.repositoryPath, stray, shortId(order.id), { signal });
    await runGit(worktreePath, ['reset', '--quiet', '--hard', '--no-recurse-submodules', headSha], {
      signal,
    });
  }
  await restoreTracked(worktreePath, { signal });
}
