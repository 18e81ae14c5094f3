// A person fixed the change by hand: the commits on its branch become part of the work order and are verified.

import type { PermanentError } from '../../../domain/failure.ts';
import { type RunId, shortId } from '../../../domain/ids.ts';
import type { ApplyingResult } from '../../../domain/work-order/step-result.ts';
import { diffFiles } from '../../../git/read/patch.ts';
import { isAncestor, refSha, treeOf } from '../../../git/read/revision.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { takeOverCommits } from '../../../git/sessions/take-over-commits.ts';
import { standingOf } from '../../../git/worktree/working-files.ts';
import type { Database, Query } from '../../../store/database.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { newestStepResults, resultIn, saveStepResult } from '../../../store/work/runs/runs.ts';
import { type Effect, effectsOf } from '../../../store/work/sessions/effects.ts';
import { recordEvent, recordProgress, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { type PackedChange, packChange, saveChange } from '../../run/kept-change.ts';
import { retryIn, type SteeringDeps, walkTo } from '../start-run.ts';
import { answerFailures } from './failure-catalogue.ts';

export interface Fix {
  applied: ApplyingResult;
  packed: PackedChange;
}

/**
 * Reads the branch; commits that a person made in the worktree are on it then.
 * @throws FIX_MISSING (the branch has no commit after the agent's), FIX_NOT_COMMITTED, FIX_MOVED_BASE (the branch is no
 * longer based on the original base commit)
 */
export async function lookAtFix(database: Database, order: WorkOrder, by: string): Promise<Fix> {
  const [results, effects, project] = await database.run(
    async (query) =>
      [
        await newestStepResults(query, order.id),
        await effectsOf(query, order.id),
        await projectById(query, order.projectId),
      ] as const,
  );
  const routed = resultIn(results, 'routing');
  const before = resultIn(results, 'applying');
  if (!routed || !before) throw missing(order, 'its branch', 'nothing has been created yet');
  const { branch, baseSha } = routed;
  const standing = effects.filter(({ kind, state }) => kind === 'worktree' && state !== 'undone');
  const repositoryPath = project.repositoryPath ?? (await mirrorWith(standing));
  if (repositoryPath === undefined) throw missing(order, branch, 'its worktree is on another machine');
  const worktrees = standing.map(({ detail }) => String(detail.worktreePath));
  for (const path of worktrees) {
    if (!(await isThere(path))) continue;
    await takeOverCommits({ repositoryPath, worktreePath: path, branch }, {});
    await assertCommitted(order, path);
  }
  const headSha = await refSha(repositoryPath, `refs/heads/${branch}`);
  if (headSha === null) throw missing(order, branch, 'the branch does not exist');
  if (headSha === before.headSha) throw missing(order, branch, 'it has no new commit');
  if (!(await isAncestor(repositoryPath, baseSha, headSha))) throw movedBase(order, branch, baseSha);
  const range = { repositoryPath, from: baseSha, to: headSha };
  const changed = await diffFiles(range);
  return {
    applied: {
      outcome: 'changed',
      headSha,
      treeSha: await treeOf(repositoryPath, headSha),
      changedFiles: changed.length,
      agent: by,
      sessionId: '',
      summary: `Fixed by hand by ${by}.`,
    },
    packed: await packChange(range),
  };
}

/** The mirror from which a worktree on this machine was made. */
async function mirrorWith(worktrees: readonly Effect[]): Promise<string | undefined> {
  for (const { detail } of worktrees) {
    if (!(await isThere(String(detail.worktreePath)))) continue;
    if (await isThere(String(detail.repositoryPath))) return String(detail.repositoryPath);
  }
  return undefined;
}

async function assertCommitted(order: WorkOrder, worktreePath: string): Promise<void> {
  const { isDirty } = await standingOf(worktreePath);
  if (!isDirty) return;
  throw answerFailures.FIX_NOT_COMMITTED({ ...fields, workOrderId: order.id }, { worktreePath });
}

/** Starts a run at the checks, with the person's commit in place of the agent's. */
export async function adoptFix(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  { applied, packed }: Fix,
  by: string,
): Promise<RunId> {
  const because = { changedBy: by, changedBecause: 'fixed by hand' };
  const walked = await walkTo(query, order, 'verifying', because);
  const runId = await retryIn(query, deps, walked, { from: 'verifying', option: 'fix_by_hand' }, by);
  const owner = { workOrderId: order.id, runId, cycle: 0 };
  const startedAt = deps.clock.now();
  await saveStepResult(query, { ...owner, step: 'applying', result: applied, startedAt });
  await saveChange(query, owner, packed);
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'fixed.by_hand',
    actor: by,
    reason: applied.summary,
    detail: { headSha: applied.headSha },
  });
  await recordProgress(query, { workOrderId: order.id, actor: by, fact: `tree:${applied.treeSha}` });
  return runId;
}

const fields = { operation: 'adopt fix' };

function missing({ id }: WorkOrder, branch: string, why: string): PermanentError {
  return answerFailures.FIX_MISSING({ ...fields, workOrderId: id }, { id: shortId(id), branch, why });
}

function movedBase({ id }: WorkOrder, branch: string, baseSha: string): PermanentError {
  return answerFailures.FIX_MOVED_BASE(
    { ...fields, workOrderId: id },
    { branch, baseSha: baseSha.slice(0, 12), id: shortId(id) },
  );
}
