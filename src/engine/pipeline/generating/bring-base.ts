// Merges the base branch into a change whose pull request conflicts with it, or is behind it (R-SEN-4). Without a
// conflict, the checks judge the result; otherwise the agent resolves the conflict first.

import { shortId } from '../../../domain/ids.ts';
import {
  type ApplyingResult,
  type Feedback,
  type RoutingResult,
  readStepResult,
} from '../../../domain/work-order/step-result.ts';
import { conflictMarks } from '../../../git/commit/conflict-marks.ts';
import { mergeBaseIn } from '../../../git/merge/merge-base-in.ts';
import { rebaseOnto } from '../../../git/merge/rebase-onto.ts';
import { makeBundle, makePatch } from '../../../git/read/patch.ts';
import { hasCommit, isAncestor, refSha } from '../../../git/read/revision.ts';
import { moveRef } from '../../../git/refs/move-ref.ts';
import { keepCommit } from '../../../git/refs/preserve.ts';
import { ensureRemoteCommit } from '../../../git/remote/remote.ts';
import { pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import { listResultsOfCycle } from '../../../store/work/runs/earlier-results.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { saveArtifact } from '../../../store/work/sessions/artifacts.ts';
import { changeWorkOrder, recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { remotePlace } from '../../run/remote-place.ts';
import { findResult } from '../../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { readFollowed } from '../../sentinel/next/followed.ts';
import { commitPeople } from '../applying/commit-people.ts';
import { commitTitle } from '../applying/commit-title.ts';
import { restoreCommits } from '../preparing/restore-commits.ts';
import { releaseWorktree } from '../preparing/worktree-place.ts';

const conflictCharsMax = 12_000;
const pathsShownMax = 20;

/** Undefined if nothing is to be merged. The next cycle of the run begins with the merged change. */
export async function bringBase(
  work: Work,
  routed: RoutingResult,
): Promise<StepEnd<'generating'> | undefined> {
  const { order, run, database, signal } = work;
  const row = await database.run((query) => pullRequestOf(query, order.id), signal);
  if (row?.state !== 'open' || !readFollowed(row.followed).needsBase || run.cycle > 0) return undefined;
  // The pull request may have been retargeted since the work order was routed.
  const baseBranch = order.baseBranch ?? routed.baseBranch;
  const again = { end: 'again', because: `the change is brought to ${baseBranch}` } as const;
  if (await mergedIn(work, run.cycle)) return again;
  const applied = await findResult(work, 'applying');
  if (!applied) return undefined;
  return (await mergeAndSave(work, { ...routed, baseBranch }, applied)) ? again : undefined;
}

/** What this run merged in that cycle; undefined if it merged nothing. */
async function mergedIn({ database, run, signal }: Work, cycle: number): Promise<ApplyingResult | undefined> {
  const results = await database.run((query) => listResultsOfCycle(query, run.id, cycle), signal);
  const found = readStepResult('applying', results.find(({ step }) => step === 'applying')?.result);
  return found?.baseMerged === undefined ? undefined : found;
}

/** The merged change, if the previous cycle merged the base without a conflict: then there is nothing to do. */
export async function cleanlyMerged(work: Work): Promise<ApplyingResult | undefined> {
  if (work.run.cycle !== 1) return undefined;
  const merged = await mergedIn(work, 0);
  if (merged === undefined || merged.feedback) return undefined;
  const { baseMerged: _, ...result } = merged;
  return result;
}

async function mergeAndSave(work: Work, routed: RoutingResult, applied: ApplyingResult): Promise<boolean> {
  const { project, order, run, settings, signal, clock } = work;
  const { repositoryPath } = project;
  const { branch, baseBranch } = routed;
  const startedAt = clock.now();
  const remote = await remotePlace(project, settings.dataDirectory, signal);
  const { url: remoteUrl, isMooses } = remote;
  const baseSha = await ensureRemoteCommit({
    repositoryPath,
    remoteUrl,
    isMooses,
    branch: baseBranch,
    signal,
  });
  if (!(await hasCommit(repositoryPath, applied.headSha, { signal }))) await restoreCommits(work, branch);
  const { committer } = await commitPeople(work);
  const from = { repositoryPath, headSha: applied.headSha, baseSha, committer, signal };
  const oldBaseSha = await rewrittenStart(work, baseSha);
  const trailer = `Moose-Work-Order: ${order.id}`;
  const merged =
    oldBaseSha === null
      ? await mergeBaseIn({ ...from, message: `Merge ${baseBranch} into ${branch}\n\n${trailer}` })
      : await rebaseOnto({ ...from, oldBaseSha, message: `${commitTitle(order)}\n\n${trailer}` });
  // The base has not moved: the forge's report was about an older commit. A stacked change is published as it is: it
  // was retargeted, or its run was repeated.
  if (merged.sha === applied.headSha && order.stackedOn === null) return false;
  await moveBranch(work, branch, merged.sha);
  const feedback = await feedbackOf(work, merged, baseBranch);
  const result: ApplyingResult = {
    ...applied,
    headSha: merged.sha,
    treeSha: merged.treeSha,
    sessionId: '',
    summary: `The change is brought to ${baseBranch}.`,
    baseMerged: { conflicts: merged.conflicts },
    ...(feedback ? { feedback } : {}),
  };
  const range = { repositoryPath, signal };
  const patch = await makePatch({ ...range, from: baseSha, to: merged.sha });
  const bundle = await makeBundle({ ...range, base: baseSha, head: merged.sha });
  const owner = { workOrderId: order.id, runId: run.id, cycle: run.cycle };
  work.reached('generating:base-merged', run.id);
  await fenced(work, async (query) => {
    await saveStepResult(query, { ...owner, step: 'routing', result: { ...routed, baseSha }, startedAt });
    await saveStepResult(query, { ...owner, step: 'applying', result, startedAt });
    await saveArtifact(query, { ...owner, kind: 'patch', content: patch });
    await saveArtifact(query, { ...owner, kind: 'bundle', content: bundle });
    const how = oldBaseSha === null ? 'is merged into the change' : 'is what the change is rebased onto';
    const because = feedback?.summary ?? `${baseBranch} ${how}`;
    await changeWorkOrder(query, order.id, {}, { baseSha, changedBy: work.actor, changedBecause: because });
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'base.merged',
      actor: work.actor,
      reason: because,
      detail: { baseBranch, baseSha, conflicts: merged.conflicts.slice(0, pathsShownMax) },
    });
  });
  return true;
}

/**
 * The start of a stacked change, if the new base does not contain it: the parent change was squashed or rewritten. Then
 * only this change is moved, without the parent change. Null if a merge is enough (R-SPEC-5).
 */
async function rewrittenStart({ order, project, signal }: Work, baseSha: string): Promise<string | null> {
  const { stackedOn, baseSha: start } = order;
  if (stackedOn === null || start === null) return null;
  const isContained = await isAncestor(project.repositoryPath, start, baseSha, { signal });
  return isContained ? null : start;
}

/** The worktree is created again from the branch; changes that are only in it, or only on the branch, are kept. */
async function moveBranch(work: Work, branch: string, to: string): Promise<void> {
  const { project, order, signal } = work;
  const { repositoryPath } = project;
  await releaseWorktree(work);
  const ref = `refs/heads/${branch}`;
  const from = await refSha(repositoryPath, ref, { signal });
  if (from === to) return;
  if (from !== null) await keepCommit(repositoryPath, from, shortId(order.id), { signal });
  await moveRef(repositoryPath, { ref, from, to, because: 'moose: merge base' }, { signal });
}

async function feedbackOf(
  { project, signal }: Work,
  { sha, conflicts }: { sha: string; conflicts: readonly string[] },
  baseBranch: string,
): Promise<Feedback | null> {
  if (conflicts.length === 0) return null;
  const marks = await conflictMarks(project.repositoryPath, sha, conflicts, signal);
  const shown = conflicts.map(
    (path) => `${path}:\n${marks.get(path) ?? '(changed on one side, deleted or binary on the other)'}`,
  );
  return {
    summary: `The change conflicts with ${baseBranch} in ${conflicts.slice(0, pathsShownMax).join(', ')}. Both are merged now, with git's conflict marks in these files: resolve each so that both sides keep their meaning, and leave no mark.`,
    output: shown.join('\n\n').slice(0, conflictCharsMax),
    failureClass: 'contract_violation',
    tried: null,
  };
}
