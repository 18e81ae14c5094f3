// Where a work order's worktree is on this machine, and how it is had there: made, adopted, or rebuilt from what was kept.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shortId } from '../../domain/ids.ts';
import { restoreBundle } from '../../git/patch.ts';
import { ensureWorktree, removeWorktree } from '../../git/worktree.ts';
import { newestArtifact } from '../../store/artifacts.ts';
import { markEffect } from '../../store/effects.ts';
import { performEffect } from '../effects/perform-effect.ts';
import type { RoutingResult } from './routing.ts';
import type { Work } from './work.ts';

export function worktreeKey(workOrderId: string, host: string): string {
  return `worktree:${workOrderId}@${host}`;
}

export function branchKey(workOrderId: string): string {
  return `branch:${workOrderId}`;
}

export function worktreePathOf(dataDirectory: string, workOrderId: string): string {
  return join(dataDirectory, 'worktrees', shortId(workOrderId));
}

/** The worktree, on its branch, with every commit that was made before, whichever machine made it. */
export async function haveWorktree(work: Work, routed: RoutingResult): Promise<string> {
  const { order, project, signal } = work;
  const worktreePath = worktreePathOf(work.settings.dataDirectory, order.id);
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
      await ensureWorktree({
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

/** The work is pushed: its worktree goes, and whatever is in it that is not pushed is kept under a reference. */
export async function releaseWorktree(work: Work): Promise<void> {
  const { order, project } = work;
  await removeWorktree({
    repositoryPath: project.repositoryPath,
    worktreePath: worktreePathOf(work.settings.dataDirectory, order.id),
    preserveAs: shortId(order.id),
    signal: work.signal,
  });
  await work.database.run(
    (query) => markEffect(query, worktreeKey(order.id, work.settings.host), 'undone'),
    work.signal,
  );
}
